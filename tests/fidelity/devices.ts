/** Which speakers of a Network are VRFs of a device beside them: they have its daemons, and a namespace of their own. */
import type { Network, Speaker } from "../../components/bgp/network";

export interface Vrf {
  /** Index of the device among the speakers. */
  device: number;
  name: string;
}

export function vrfOf({ speakers }: Network, { name }: Speaker): Vrf | undefined {
  const [owner, vrf] = name.split(" vrf ");
  const device = vrf === undefined ? -1 : speakers.findIndex((each) => each.name === owner);
  return device < 0 || vrf === undefined ? undefined : { device, name: vrf };
}

/** The VRFs of a device, by name, each with its index among the speakers. */
export function vrfsOf(network: Network, device: number): [string, number][] {
  return network.speakers.flatMap((speaker, index): [string, number][] => {
    const vrf = vrfOf(network, speaker);
    return vrf?.device === device ? [[vrf.name, index]] : [];
  });
}
