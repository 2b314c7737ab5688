/** Misses that are known, each with its reason and date. Empty is the aim. */
import type { KnownMiss } from "./report";

/** bgp_accept of 8.4.4 makes a stub of the neighbor without its TTL (peer_xfer_config), which asks for a connected next hop. */
const STUB =
  "an eBGP multihop session of FRR 8.4 that both sides dial at once: a stub of the neighbor leaves its next hops as ones that must be connected";
const LIMIT = "GoBGP keeps what a neighbor sent before maximum-prefix ended the session that it came from";

const missed = (seed: number, speaker: string, reason: string, about: string[]): KnownMiss[] =>
  about.map((each) => ({ seed, speaker, about: each, reason, date: "2026-11-21" }));

export const knownMisses: KnownMiss[] = [
  ...missed(46, "s2", STUB, [
    "10.0.0.0/24",
    "10.254.0.1/32",
    "172.16.0.0/16",
    "172.16.0.0/24",
    "172.16.1.0/24",
    "172.16.4.0/24",
    "172.17.4.0/22",
    "198.18.2.128/25",
  ]),
  ...missed(46, "s4", STUB, ["172.16.1.0/24", "172.17.4.0/22", "198.18.2.128/25"]),
  ...missed(150, "s2", STUB, [
    "172.16.1.0/24",
    "172.16.5.0/24",
    "198.18.0.0/24",
    "198.18.1.0/24",
    "198.18.2.128/25",
    "198.18.4.0/24",
  ]),
  ...missed(175, "s3", LIMIT, ["198.18.1.0/24"]),
];
