/**
 * A running EOS as the gate sees it, by its command API: sessions from `show ip bgp summary vrf all`, paths from
 * `show ip bgp detail`, what carries traffic from `show ip route`. The fields are those of published captures (4.2x, 4.36);
 * no switch has been asked.
 */
import { communityName } from "../../model/community";
import type { Route } from "../../forecast/route";
import type { LiveSession, Observation } from "../observation";
import { eapi } from "../reach/eapi";
import { eosPart } from "./eosPart";
import { Unreachable } from "../shell";
import { abandon, confirm } from "./eosSession";
import { byHop } from "./hops";
import type { LiveSystem } from "./system";

interface Summary {
  vrfs?: Record<string, { asn?: number | string; peers?: Record<string, Peer> }>;
}

interface Peer {
  peerState?: string;
  peerStateIdleReason?: string;
  asn?: number | string;
}

interface Table {
  vrfs?: Record<string, { bgpRouteEntries?: Record<string, { bgpRoutePaths?: Path[] }> }>;
}

interface Path {
  asPathEntry?: { asPath?: string | null; asPathType?: string | null };
  med?: number;
  localPreference?: number;
  nextHop?: string;
  peerEntry?: { peerAddr?: string };
  routeType?: { valid?: boolean; active?: boolean; ecmpHead?: boolean; ecmp?: boolean; origin?: string };
  routeDetail?: { origin?: string; communityList?: string[]; largeCommunityList?: string[] };
}

interface Kernel {
  vrfs?: Record<string, { routes?: Record<string, Installed> }>;
}

interface Installed {
  routeType?: string;
  vias?: { nexthopAddr?: string; interface?: string }[];
}

export const eos: LiveSystem = {
  answers: async (at) => {
    try {
      await eapi(at).run(["show version"]);
      return true;
    } catch (error) {
      // A container takes minutes until its API is there; over the network nothing starts, and the error says more.
      if (at.by === "docker" && !(error instanceof Unreachable)) return false;
      throw error;
    }
  },
  observe: async (at, speaker, wanted = { routes: true }) => {
    const commands = ["show ip bgp summary vrf all", ...(wanted.routes ? ["show ip bgp detail", "show ip route"] : [])];
    const [summary, table, kernel] = await eapi(at).run(commands);
    return observed(speaker, summary as Summary, table as Table | undefined, kernel as Kernel | undefined);
  },
  configuration: {
    confirm: (at) => confirm(eapi(at)),
    abandon: (at) => abandon(eapi(at)),
  },
  part: eosPart,
};

/** Of the device's own table; a VRF's is that of the speaker "tor1 vrf RED". */
export function observed(speaker: string, summary: Summary, table: Table = {}, kernel: Kernel = {}): Observation {
  const vrf = / vrf (\S+)$/.exec(speaker)?.[1] ?? "default";
  const instance = summary.vrfs?.[vrf];
  const sessions = Object.entries(instance?.peers ?? {}).map(([peer, one]): LiveSession => {
    const { peerState = "Idle", peerStateIdleReason: why } = one;
    return {
      speaker,
      peer,
      peerAsn: asNumber(one.asn),
      up: peerState === "Established",
      // A peer that was idle once keeps the reason beside its state (captured).
      state: peerState === "Idle" && why !== undefined && why !== "" ? `Idle (${why})` : peerState,
    };
  });
  const installed = kernel.vrfs?.[vrf]?.routes ?? {};
  const routes = Object.entries(table.vrfs?.[vrf]?.bgpRouteEntries ?? {}).flatMap(
    ([prefix, { bgpRoutePaths: paths = [] }]) =>
      paths.length === 0 ? [] : [routeOf({ speaker, prefix, own: asNumber(instance?.asn) }, paths, installed[prefix])],
  );
  return { sessions, routes };
}

function routeOf(
  { speaker, prefix, own }: { speaker: string; prefix: string; own: number },
  paths: readonly Path[],
  installed: Installed | undefined,
): Route {
  const active = paths.filter(({ routeType }) => routeType?.active === true);
  const best = active.find(({ routeType }) => routeType?.ecmpHead === true) ?? active[0];
  const shown = best ?? paths[0] ?? {};
  const kind = kindOf(shown, own);
  const { asPath, asSet, letter } = pathOf(shown.asPathEntry?.asPath ?? "");
  const byBgp = /bgp/i.test(installed?.routeType ?? "");
  const hops = byBgp ? (installed?.vias ?? []).map((via) => via.nexthopAddr ?? via.interface ?? "") : [];
  const origin = (shown.routeType?.origin ?? shown.routeDetail?.origin ?? letter).toLowerCase();
  const route: Route = {
    speaker,
    prefix,
    state: best === undefined ? "unusable" : "used",
    kind,
    nextHops: kind === "local" ? [] : [...new Set(hops)].filter((hop) => hop !== "").sort(byHop),
    from: [],
    asPath,
    origin: origin === "igp" ? "igp" : origin === "egp" ? "egp" : "incomplete",
    localPreference: shown.localPreference ?? 100,
    communities: (shown.routeDetail?.communityList ?? []).map(communityName).sort(),
    largeCommunities: [...(shown.routeDetail?.largeCommunityList ?? [])].sort(),
  };
  if (asSet !== undefined) route.asSet = asSet;
  if (shown.med !== undefined) route.med = shown.med;
  if (best !== undefined && kind !== "local" && !byBgp) route.insteadInstalled = sourceOf(installed?.routeType);
  return route;
}

/** What nobody sent has no peer and no next hop. */
function kindOf({ nextHop = "", peerEntry, asPathEntry }: Path, own: number): Route["kind"] {
  const peer = peerEntry?.peerAddr ?? "";
  if ((nextHop === "" || nextHop === "0.0.0.0") && (peer === "" || peer === "0.0.0.0")) return "local";
  const type = asPathEntry?.asPathType;
  if (type === "Internal") return "ibgp";
  if (type === "External") return "ebgp";
  const first = pathOf(asPathEntry?.asPath ?? "").asPath[0];
  return first === undefined || first === own ? "ibgp" : "ebgp";
}

const LETTERS: Readonly<Record<string, string>> = { i: "igp", e: "egp", "?": "incomplete" };

/** "65001 65002 {65003,65004} i" */
function pathOf(text: string): { asPath: number[]; asSet?: number[]; letter: string } {
  const set = /\{([0-9, ]+)\}/.exec(text)?.[1];
  const words = text.replace(/\{.*?\}/, "").split(/\s+/);
  const letter = words.flatMap((word) => LETTERS[word] ?? [])[0] ?? "";
  return {
    asPath: words.filter((word) => /^[0-9]+(\.[0-9]+)?$/.test(word)).map(asNumber),
    ...(set === undefined ? {} : { asSet: set.split(/[ ,]+/).map(Number) }),
    letter,
  };
}

/** 65001, "65001", or "1.10" where the switch prints ASNs with a dot. */
function asNumber(asn: number | string | undefined): number {
  const [high, low] = String(asn ?? 0).split(".");
  return low === undefined ? Number(high) : Number(high) * 65536 + Number(low);
}

function sourceOf(type: string | undefined): NonNullable<Route["insteadInstalled"]> {
  const text = (type ?? "").toLowerCase();
  return text === "connected" || text === "static" || text === "kernel" ? text : "nothing";
}
