/** Routers for tests: what a fabric's switch says when nothing special is asked of it. */
import type { BgpOptions, DialectRef, Interface, Speaker } from "../../components/bgp/network";

export const FRR: DialectRef = { system: "frr", version: "8.4", profile: "traditional" };
export const EOS: DialectRef = { system: "eos", version: "4.32" };

type RouterParts = Partial<Omit<Speaker, "name" | "asn" | "routerId" | "interfaces">> & { bgp?: BgpOptions };

/** Ties are decided by the router id and no policy is demanded, unless the test says otherwise. */
export function router(
  name: string,
  asn: number,
  routerId: string,
  interfaces: Interface[],
  more: RouterParts = {},
): Speaker {
  const { bgp, ...rest } = more;
  return {
    name,
    role: "router",
    dialect: FRR,
    asn,
    routerId,
    interfaces,
    neighbors: [],
    ...rest,
    bgp: { compareRouterId: true, ebgpRequiresPolicy: false, ...bgp },
  };
}
