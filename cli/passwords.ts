/**
 * Passwords of both ends: a router's file holds the value, a CNI's object the name of a Secret whose value nobody gives.
 * Whether they are equal cannot be known, so they are taken for it, and the session is in doubt for that.
 */
import { folded } from "../components/bgp/compile";
import type { Neighbor, Network, Speaker } from "../components/bgp/network";
import type { Address } from "../components/model/address";
import { containsAddress, type Prefix } from "../components/model/prefix";

export function joinPasswords(network: Network): Network {
  const routers = new Map<string, Speaker>();
  for (const speaker of network.speakers) {
    if (speaker.role !== "node") for (const address of addressesOf(speaker)) routers.set(address, speaker);
  }
  const met = new Map<string, Set<string>>();
  const ends: { node: Speaker; neighbor: Neighbor; secret: string; router: string }[] = [];
  for (const node of network.speakers) {
    if (node.role !== "node") continue;
    for (const neighbor of node.neighbors) {
      const secret = folded(node, neighbor).password;
      const router = routers.get(neighbor.address ?? "");
      const value = router === undefined ? undefined : passwordFor(router, addressesOf(node));
      if (secret === undefined || isValue(secret) || router === undefined || !isValue(value)) continue;
      met.set(secret, (met.get(secret) ?? new Set()).add(value));
      ends.push({ node, neighbor, secret, router: router.name });
    }
  }
  // A Secret that meets two values differs from one of them for certain.
  const same = ends.filter(({ secret }) => met.get(secret)?.size === 1);
  if (same.length === 0) return network;
  const speakers = network.speakers.map((speaker) => {
    const own = same.filter(({ node }) => node === speaker);
    if (own.length === 0) return speaker;
    const neighbors = speaker.neighbors.map((neighbor) => {
      const end = own.find((each) => each.neighbor === neighbor);
      const [value] = end === undefined ? [] : (met.get(end.secret) ?? []);
      return value === undefined ? neighbor : { ...neighbor, password: value };
    });
    const doubts = own.map(({ neighbor, secret, router }) => ({
      what: `whether the Secret ${secret} holds the password of ${router}: its value is not given`,
      ...(neighbor.address === undefined ? {} : { neighbor: neighbor.address }),
    }));
    return { ...speaker, neighbors, unmodelled: [...(speaker.unmodelled ?? []), ...doubts] };
  });
  return { ...network, speakers };
}

/** The name that a file's reader gives to a value which no `--secrets` names. */
const isValue = (name: string | undefined): name is string => /^password-[0-9]+$/.test(name ?? "");

const addressesOf = ({ interfaces }: Speaker): string[] =>
  interfaces.flatMap(({ addresses }) => addresses.map((text) => text.split("/")[0] ?? text));

/** What a router asks of whoever has one of the addresses. */
function passwordFor(router: Speaker, addresses: readonly string[]): string | undefined {
  const listed = router.neighbors.find(({ address }) => address !== undefined && addresses.includes(address));
  if (listed !== undefined) return folded(router, listed).password;
  const range = router.listen?.find(({ prefix }) =>
    addresses.some((address) => containsAddress(prefix as Prefix, address as Address)),
  );
  return range === undefined ? undefined : router.groups?.[range.group]?.password;
}
