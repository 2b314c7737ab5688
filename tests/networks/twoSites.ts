/** Two sites (three on request): a leaf, two spines and blocks each, joined spine to spine; only summaries cross. */
import type { Network, Policy, Segment, Speaker } from "../../components/bgp/network";
import { router } from "./routers";

export interface TwoSites {
  /** Blocks cross beside the summary. */
  specifics?: boolean;
  untagged?: boolean;
  /** The policy towards the other site accepts everything. */
  acceptAll?: boolean;
  /** East prepends its ASN so often towards west. */
  prepend?: number;
  /** Both sites announce 10.96.0.10/32, and only summaries and that cross. */
  anycast?: boolean;
  downEastService?: boolean;
  /** A third site behind west. */
  third?: boolean;
  /** West passes east's routes on to the third. */
  leaky?: boolean;
}

export const ANYCAST = "10.96.0.10/32";

interface Site {
  name: string;
  asn: number;
  pods: string;
  block: string;
  index: number;
}

const EAST: Site = { name: "east", asn: 64510, pods: "10.244.0.0/17", block: "10.244.1.0/24", index: 1 };
const WEST: Site = { name: "west", asn: 64520, pods: "10.244.128.0/17", block: "10.244.129.0/24", index: 2 };
const THIRD: Site = { name: "north", asn: 64530, pods: "10.245.0.0/17", block: "10.245.1.0/24", index: 3 };

export function twoSites(options: TwoSites = {}): Network {
  const speakers: Speaker[] = [];
  const segments: Segment[] = [];
  const sites = options.third === true ? [EAST, WEST, THIRD] : [EAST, WEST];
  for (const site of sites) build(site, options, speakers, segments);
  join(EAST, WEST, options, speakers, segments);
  if (options.third === true) join(WEST, THIRD, options, speakers, segments);
  return { version: 1, speakers, segments };
}

function build(site: Site, options: TwoSites, speakers: Speaker[], segments: Segment[]): void {
  const leafAsn = site.asn + 1;
  const serves = options.anycast === true && !(options.downEastService === true && site === EAST);
  const local = [site.block, ...(serves ? [ANYCAST] : [])];
  const links = [1, 2].map((spine) => {
    const name = `${site.name}-leaf--${site.name}-spine${spine}`;
    const base = `10.${10 + site.index}.${spine}`;
    segments.push({ name, prefixes: [`${base}.0/31`] });
    return { name, spine, leaf: `${base}.0`, up: `${base}.1` };
  });
  speakers.push(
    router(
      `${site.name}-leaf`,
      leafAsn,
      `10.255.${site.index}.10`,
      links.map(({ name, spine, leaf }) => ({ name: `up${spine}`, segment: name, addresses: [`${leaf}/31`] })),
      {
        place: { site: site.name },
        bgp: { multipathRelax: true },
        neighbors: links.map(({ up }) => ({ address: up, remoteAs: site.asn })),
        routes: local.map((prefix) => ({ prefix, blackhole: true })),
        originate: local.map((prefix) => ({ kind: "network", prefix })),
      },
    ),
  );
  for (const { name, spine, leaf, up } of links) {
    speakers.push(
      router(
        `${site.name}-spine${spine}`,
        site.asn,
        `10.255.${site.index}.${spine}`,
        [{ name: "leaf", segment: name, addresses: [`${up}/31`] }],
        {
          place: { site: site.name },
          bgp: { multipathRelax: true },
          neighbors: [{ address: leaf, remoteAs: leafAsn }],
          originate: [{ kind: "aggregate", prefix: site.pods }],
        },
      ),
    );
  }
}

function join(one: Site, other: Site, options: TwoSites, speakers: Speaker[], segments: Segment[]): void {
  for (const spine of [1, 2]) {
    const name = `dci${spine}-${one.name}-${other.name}`;
    const base = `10.20.${one.index}${spine}`;
    segments.push({ name, prefixes: [`${base}.0/31`] });
    connect(one, other, spine, name, `${base}.0`, `${base}.1`, options, speakers);
    connect(other, one, spine, name, `${base}.1`, `${base}.0`, options, speakers);
  }
}

function connect(
  own: Site,
  far: Site,
  spine: number,
  segment: string,
  address: string,
  farAddress: string,
  options: TwoSites,
  speakers: Speaker[],
): void {
  const speaker = speakers.find(({ name }) => name === `${own.name}-spine${spine}`);
  if (speaker === undefined) return;
  speaker.interfaces.push({ name: segment, segment, addresses: [`${address}/31`] });
  speaker.neighbors.push({
    address: farAddress,
    remoteAs: far.asn,
    role: "dci",
    families: { ipv4: { importPolicy: `FROM-${far.name}`, exportPolicy: `TO-${far.name}` } },
  });
  const crossing = (site: Site) => [
    { prefix: site.pods, ...(options.specifics === true ? { le: 32 } : {}) },
    ...(options.anycast === true ? [{ prefix: ANYCAST }] : []),
  ];
  const passed =
    options.leaky === true && own === WEST && far === THIRD ? [...crossing(own), ...crossing(EAST)] : crossing(own);
  const taken = options.leaky === true && own === THIRD ? [...crossing(far), ...crossing(EAST)] : crossing(far);
  const everything: Policy = { terms: [{ seq: 10, action: "accept" }] };
  speaker.policies = {
    ...speaker.policies,
    [`FROM-${far.name}`]:
      options.acceptAll === true ? everything : { terms: [{ seq: 10, match: { prefixes: taken }, action: "accept" }] },
    [`TO-${far.name}`]: {
      terms: [
        {
          seq: 10,
          match: { prefixes: passed },
          set: {
            ...(options.untagged === true ? {} : { communities: { add: [`${own.asn}:200`] } }),
            ...(options.prepend !== undefined && own === EAST
              ? { prepend: Array<number>(options.prepend).fill(own.asn) }
              : {}),
          },
          action: "accept",
        },
      ],
    },
  };
}
