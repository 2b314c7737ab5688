/** A device and its VRFs are speakers of their own: "tor1" and "tor1 vrf RED". */
export const deviceOf = (name: string): string => name.split(" vrf ")[0] ?? name;
export const vrfOf = (name: string): string => name.split(" vrf ")[1] ?? "default";
