/**
 * FRRConfigurations: what people add to a node's FRR beside MetalLB, which frr-k8s (0.0.20 to 0.0.25) merges with the one
 * that MetalLB's speaker writes by itself. Only in the frr-k8s mode; elsewhere nobody reads them.
 */
import type { FamilySettings, Neighbor, Policy, Speaker, Term } from "../../bgp/network";
import type { LabelSelector } from "../../model/labelSelector";
import { parsePrefix, type Prefix } from "../../model/prefix";
import { durationSeconds } from "../duration";
import { selects } from "../labels";
import type { Node, Resource } from "../objects";

export interface FrrNeighbor {
  asn?: number;
  dynamicASN?: "internal" | "external";
  address?: string;
  interface?: string;
  sourceaddress?: string;
  port?: number;
  password?: string;
  passwordSecret?: { name?: string };
  holdTime?: string;
  keepaliveTime?: string;
  connectTime?: string;
  ebgpMultiHop?: boolean;
  bfdProfile?: string;
  enableGracefulRestart?: boolean;
  dualStackAddressFamily?: boolean;
  toAdvertise?: {
    allowed?: { prefixes?: string[]; mode?: "all" | "filtered" };
    withLocalPref?: { prefixes?: string[]; localPref?: number }[];
    withCommunity?: { prefixes?: string[]; community?: string }[];
  };
  toReceive?: { allowed?: { prefixes?: { prefix?: string; le?: number; ge?: number }[]; mode?: "all" | "filtered" } };
}

export interface FrrConfigurationSpec {
  bgp?: { routers?: { asn: number; id?: string; vrf?: string; neighbors?: FrrNeighbor[]; prefixes?: string[] }[] };
  raw?: { rawConfig?: string };
  nodeSelector?: LabelSelector;
}

export type FrrConfiguration = Resource<FrrConfigurationSpec>;

/** MetalLB's own, as an export of the cluster has it: the same that this reading makes of MetalLB's objects. */
const isMetallbs = ({ metadata }: FrrConfiguration, node: Node): boolean =>
  metadata.name === `metallb-${node.metadata.name}`;

export function configurationsOf(node: Node, all: readonly FrrConfiguration[]): FrrConfiguration[] {
  return all.filter(
    (one) =>
      !isMetallbs(one, node) &&
      (one.spec.nodeSelector === undefined || selects(one.spec.nodeSelector, node.metadata.labels ?? {})),
  );
}

/** The speaker with what the configurations add: sessions, prefixes, and what existing sessions send and take besides. */
export function withConfigurations(speaker: Speaker, configurations: readonly FrrConfiguration[]): Speaker {
  const policies: Record<string, Policy> = { ...speaker.policies };
  const neighbors = [...speaker.neighbors];
  const originated = new Set((speaker.originate ?? []).flatMap((one) => (one.kind === "network" ? [one.prefix] : [])));
  const unmodelled = [...(speaker.unmodelled ?? [])];
  let { routerId } = speaker;
  for (const { metadata, spec } of configurations) {
    const field = `FRRConfiguration/${metadata.name}`;
    if ((spec.raw?.rawConfig ?? "") !== "") unmodelled.push({ what: `the raw configuration of ${field}` });
    for (const router of spec.bgp?.routers ?? []) {
      if ((router.vrf ?? "") !== "") {
        unmodelled.push({ what: `the VRF ${router.vrf ?? ""} (${field})` });
        continue;
      }
      routerId = router.id ?? routerId;
      const own = prefixesOf(router.prefixes);
      for (const prefix of own) originated.add(prefix);
      for (const neighbor of router.neighbors ?? []) {
        const at = neighbors.findIndex(
          (known) => known.address === neighbor.address && known.interface === neighbor.interface,
        );
        const known = neighbors[at];
        const name = `${metadata.name}-${neighbor.address ?? neighbor.interface ?? ""}`;
        const family = (v6: boolean): FamilySettings => {
          const given = v6 ? known?.families?.ipv6 : known?.families?.ipv4;
          if (!speaks(neighbor, v6)) return given ?? { active: false };
          const suffix = `${name}-${v6 ? "v6" : "v4"}`;
          policies[`import-${suffix}`] = importPolicy(neighbor, v6, policies[given?.importPolicy ?? ""]);
          policies[`export-${suffix}`] = exportPolicy(neighbor, v6, own, policies[given?.exportPolicy ?? ""]);
          return { ...given, active: true, importPolicy: `import-${suffix}`, exportPolicy: `export-${suffix}` };
        };
        const families = { ipv4: family(false), ipv6: family(true) };
        if (known !== undefined) neighbors[at] = { ...known, families };
        else neighbors.push({ ...sessionOf(neighbor), families, source: { field: `${field} spec.bgp.routers` } });
      }
    }
  }
  return {
    ...speaker,
    routerId,
    neighbors,
    policies,
    originate: [...originated].sort().map((prefix) => ({ kind: "network", prefix })),
    ...(unmodelled.length === 0 ? {} : { unmodelled }),
  };
}

/** The ASN of the first router outside a VRF. */
export function asnOf(configurations: readonly FrrConfiguration[]): number | undefined {
  return configurations
    .flatMap(({ spec }) => spec.bgp?.routers ?? [])
    .find(({ vrf = "", neighbors = [] }) => vrf === "" && neighbors.length > 0)?.asn;
}

function speaks({ address, interface: link, dualStackAddressFamily }: FrrNeighbor, v6: boolean): boolean {
  if (link !== undefined || dualStackAddressFamily === true) return true;
  return (address?.includes(":") === true) === v6;
}

function sessionOf(neighbor: FrrNeighbor): Neighbor {
  const seconds = (text: string | undefined) => (text === undefined ? undefined : durationSeconds(text));
  const [hold, keepalive, connectRetry] = [neighbor.holdTime, neighbor.keepaliveTime, neighbor.connectTime].map(
    seconds,
  );
  const password = neighbor.passwordSecret?.name ?? neighbor.password;
  return {
    ...(neighbor.address === undefined ? {} : { address: neighbor.address }),
    ...(neighbor.interface === undefined ? {} : { interface: neighbor.interface }),
    role: "tor",
    remoteAs: neighbor.dynamicASN ?? neighbor.asn ?? "any",
    ...(neighbor.sourceaddress === undefined ? {} : { localAddress: neighbor.sourceaddress }),
    ...(neighbor.port === undefined || neighbor.port === 179 ? {} : { port: neighbor.port }),
    ...(hold === undefined && keepalive === undefined && connectRetry === undefined
      ? {}
      : {
          timers: {
            ...(hold === undefined ? {} : { hold }),
            ...(keepalive === undefined ? {} : { keepalive }),
            ...(connectRetry === undefined ? {} : { connectRetry }),
          },
        }),
    // A password in the object's own text is known by the neighbor alone, never by its value.
    ...(password === undefined
      ? {}
      : { password: neighbor.passwordSecret?.name ?? `FRRConfiguration ${neighbor.address ?? ""}` }),
    ...(neighbor.ebgpMultiHop === true ? { multihop: 255 } : {}),
    ...(neighbor.bfdProfile === undefined ? {} : { bfd: {} }),
    ...(neighbor.enableGracefulRestart === true ? { gracefulRestart: { mode: "restarter" as const } } : {}),
  };
}

/** Nothing comes in unless it is allowed; several configurations of one neighbor add up. */
function importPolicy({ toReceive }: FrrNeighbor, v6: boolean, known: Policy | undefined): Policy {
  if (toReceive?.allowed?.mode === "all" || known?.otherwise === "accept") return { terms: [], otherwise: "accept" };
  const prefixes = (toReceive?.allowed?.prefixes ?? []).flatMap(({ prefix: text = "", le, ge }) => {
    const prefix = parsePrefix(text);
    if (!prefix.ok || prefix.value.includes(":") !== v6) return [];
    return [{ prefix: prefix.value, ...(le === undefined ? {} : { le }), ...(ge === undefined ? {} : { ge }) }];
  });
  const own: Term[] = prefixes.length === 0 ? [] : [{ match: { prefixes }, action: "accept" }];
  return { terms: [...(known?.terms ?? []), ...own], otherwise: "reject" };
}

function exportPolicy(
  { toAdvertise }: FrrNeighbor,
  v6: boolean,
  own: readonly Prefix[],
  known: Policy | undefined,
): Policy {
  const ofFamily = (prefix: Prefix) => prefix.includes(":") === v6;
  const { allowed, withLocalPref = [], withCommunity = [] } = toAdvertise ?? {};
  const allowedPrefixes = allowed?.mode === "all" ? own : prefixesOf(allowed?.prefixes);
  const match = (prefixes: readonly Prefix[]) => ({ prefixes: prefixes.map((prefix) => ({ prefix })) });
  const marks = [
    ...withLocalPref.map(({ prefixes, localPref }): [Prefix[], NonNullable<Term["set"]>] => [
      prefixesOf(prefixes),
      localPref === undefined ? {} : { localPreference: localPref },
    ]),
    ...withCommunity.map(({ prefixes, community = "" }): [Prefix[], NonNullable<Term["set"]>] => {
      const large = community.startsWith("large:");
      const add = [community.replace(/^large:/, "")];
      return [prefixesOf(prefixes), large ? { largeCommunities: { add } } : { communities: { add } }];
    }),
  ];
  const terms: Term[] = marks.flatMap(([prefixes, set]): Term[] => {
    const mine = prefixes.filter(ofFamily);
    return mine.length === 0 ? [] : [{ match: match(mine), set, action: "continue" }];
  });
  const mine = allowedPrefixes.filter(ofFamily);
  const sent: Term[] = mine.length === 0 ? [] : [{ match: match(mine), action: "accept" }];
  return { terms: [...terms, ...(known?.terms ?? []), ...sent], otherwise: "reject" };
}

function prefixesOf(texts: readonly string[] | undefined): Prefix[] {
  return (texts ?? []).flatMap((text) => {
    const prefix = parsePrefix(text);
    return prefix.ok ? [prefix.value] : [];
  });
}
