/**
 * Random VRFs of an FRR router: tables of their own beside it, each with a neighbor. Two of them have the same addresses on
 * their links, as VRFs may.
 */
import type { FamilySettings, Neighbor, Segment, Speaker } from "../../components/bgp/network";
import { soonAgain } from "./build";
import type { Dice } from "./dice";

/** Every VRF's link has this network. */
const LINK = { ipv4: "10.98.0", ipv6: "fd98:0:0:1" };

export function vrfs(d: Dice, speakers: Speaker[], segments: Segment[], ipv6: boolean): void {
  const up = speakers.filter(({ down }) => down !== true);
  const device = up.find(({ dialect, bgp }) => dialect.system === "frr" && bgp.confederation === undefined);
  if (device === undefined) return;
  const others = d.shuffle(up.filter((each) => each !== device && each.bgp.confederation === undefined));
  for (const [at, name] of ["RED", "BLUE"].slice(0, d.between(1, 2)).entries()) {
    const other = others[at];
    if (other === undefined) return;
    const vrf = table(d, device, name, at);
    speakers.push(vrf);
    link(d, vrf, other, segments, ipv6);
  }
}

/** Its lists and policies are the device's, which FRR has once. */
function table(d: Dice, device: Speaker, name: string, at: number): Speaker {
  const { dialect, prefixLists, communityLists, asPathLists, policies } = device;
  const shared = { prefixLists, communityLists, asPathLists, policies };
  const prefixes = [`172.23.${at}.0/24`, ...(d.chance(0.4) ? ["198.18.0.0/24"] : [])];
  return {
    name: `${device.name} vrf ${name}`,
    dialect,
    asn: d.chance(0.5) ? device.asn : 65200 + at,
    routerId: `10.255.1.${at + 1}`,
    interfaces: [{ name: "lo", addresses: [`10.254.1.${at + 1}/32`] }],
    routes: prefixes.map((prefix) => ({ prefix, blackhole: true })),
    bgp: {
      compareRouterId: true,
      ...(d.chance(0.85) ? { ebgpRequiresPolicy: false } : {}),
      ...(d.chance(0.3) ? { resolveViaDefault: d.chance(0.5) } : {}),
      ...(d.chance(0.2) ? { defaultLocalPreference: 150 } : {}),
    },
    neighbors: [],
    originate: [
      ...prefixes.map((prefix) => ({ kind: "network" as const, prefix })),
      ...(d.chance(0.3) ? [{ kind: "redistribute" as const, from: "connected" as const }] : []),
    ],
    ...Object.fromEntries(Object.entries(shared).filter(([, value]) => value !== undefined)),
  };
}

function link(d: Dice, vrf: Speaker, other: Speaker, segments: Segment[], ipv6: boolean): void {
  const name = `n${segments.length}`;
  const six = ipv6 && other.dialect.system === "frr";
  const family = six && d.chance(0.5) ? "ipv6" : "ipv4";
  segments.push({ name, prefixes: [`${LINK.ipv4}.0/24`, ...(six ? [`${LINK.ipv6}::/64`] : [])] });
  const password = d.chance(0.3) ? { password: "same" } : {};
  for (const [host, own, far] of [
    [1, vrf, other],
    [2, other, vrf],
  ] as const) {
    const addresses = [`${LINK.ipv4}.${host}/24`, ...(six ? [`${LINK.ipv6}::${host}/64`] : [])];
    own.interfaces.push({ name: `e${segments.length - 1}`, segment: name, addresses });
    const neighbor: Neighbor = {
      address: family === "ipv4" ? `${LINK.ipv4}.${3 - host}` : `${LINK.ipv6}::${3 - host}`,
      remoteAs: far.asn,
      ...password,
      ...soonAgain(own),
      families: {
        [family]: settings(d, own),
        ...(family === "ipv6" ? { ipv4: { active: false } } : {}),
      },
    };
    own.neighbors.push(neighbor);
  }
}

function settings(d: Dice, { policies, dialect }: Speaker): FamilySettings {
  const names = Object.keys(policies ?? {});
  return {
    active: true,
    ...(names.length > 0 && d.chance(0.3) ? { importPolicy: d.pick(names) } : {}),
    ...(names.length > 0 && d.chance(0.3) ? { exportPolicy: d.pick(names) } : {}),
    ...(dialect.system === "frr" && d.chance(0.2) ? { allowAsIn: 1 } : {}),
    ...(dialect.system === "frr" && d.chance(0.15) ? { defaultOriginate: true } : {}),
  };
}
