/** One change of each stack's configuration, and what its preview must show: for `verify-stacks`. A stack adds a line. */
export interface Change {
  config: Readonly<Record<string, unknown>>;
  /** Texts of the preview. */
  shows: readonly string[];
}

export const CHANGES: Readonly<Record<string, Change>> = {
  selective: {
    config: { speakers: ["worker", "worker2", "worker3"] },
    shows: ["k01-worker3 10.10.10.13 - rack1-tor 10.10.10.1: up ebgp AS 65010 - 65001 ipv4"],
  },
  "selective-dual": {
    config: { speakers: ["worker", "worker2", "worker3"], family: "dual" },
    shows: [
      "k01-worker3 10.10.10.13 - rack1-tor 10.10.10.1: up ebgp AS 65010 - 65001 ipv4",
      "k01-worker3 fd00:10::13 - rack1-tor fd00:10::1: up ebgp AS 65010 - 65001 ipv6",
    ],
  },
  "selective-ipv6": {
    config: { speakers: ["worker", "worker2", "worker3"], family: "ipv6" },
    shows: ["k01-worker3 fd00:10::13 - rack1-tor fd00:10::1: up ebgp AS 65010 - 65001 ipv6"],
  },
  "cilium-racks-dual": {
    config: { workers: 4, family: "dual" },
    shows: ["demo-worker4 fd00:0:0:4::3 - tor1 fd00::2: up ibgp AS 65011 - 65011 ipv6"],
  },
  "cilium-racks": {
    config: { workers: 4 },
    shows: [
      "demo-worker4 10.0.4.3 - tor1 10.0.0.2: up ibgp AS 65011 - 65011 ipv4",
      "neighbor 10.0.4.3 peer-group demo",
    ],
  },
  "kube-router": { config: { workers: 4 }, shows: ["kr-worker4"] },
  "kube-router-dual": {
    config: { workers: 4, family: "dual" },
    shows: ["kr-worker4 fd00:20::14 - rack-a-tor fd00:20::1: up ebgp AS 64512 - 64501 ipv6"],
  },
  "metallb-dual": { config: { mode: "frr-k8s", family: "dual" }, shows: ["frr-k8s"] },
  metallb: { config: { mode: "frr" }, shows: ["BFDProfile"] },
  // On kind no FRR runs beside the speaker.
  "metallb-kind": { config: { local: true }, shows: ["externalTrafficPolicy"] },
  "large-cluster": {
    config: { nodes: 25 },
    shows: ["k8s-worker-22", "k8s-cp-01 10.0.20.2 - k8s-worker-22"],
  },
  "large-cluster-kind": {
    config: { reflectors: false },
    shows: ["k8s-worker-03 10.0.20.11 - k8s-worker-04 10.0.20.75: up ibgp AS 64512 - 64512 ipv4"],
  },
  "multi-site-dual": {
    config: { announcing: ["west"], family: "dual" },
    shows: ["east-rack-tor fd00:97::/124", "path 64510 64520 64521 64525"],
  },
  "multi-site": {
    config: { announcing: ["west"] },
    shows: ["east-rack-tor 10.97.0.0/28", "path 64510 64520 64521 64525"],
  },
  "service-lb": {
    config: { maximumPaths: 1 },
    shows: ["rack1-tor 172.16.0.240/28: ebgp via 10.10.10.10, path 65010", "maximum-paths 1"],
  },
  "two-clusters": {
    config: { asnB: 64520 },
    shows: ["asNumber", "AS 64520", "path 64520"],
  },
};

/** Another configuration of a stack, in which its facts hold as well. */
export interface Variant {
  config: Change["config"];
  /** An address that is asked from a container of the stack while it changes: no answer may be lost. */
  asked?: { from: string; url: string };
}

const PASSWORDS = ["correct-horse-battery", "staple-of-the-lab"];
const REFLECTORS = ["worker1", "worker2"];
const KUBE_ROUTER_SERVICE = { from: "rack-a-tor", url: "http://10.0.50.1/" };

/** `verify-stacks` brings the stack up in each, one after the other, and holds its facts again. */
export const VARIANTS: Readonly<Record<string, readonly Variant[]>> = {
  "kube-router": [
    { config: { service: true } },
    // From the mesh to reflectors, and back: they retire first, and then leave the program.
    { config: { service: true, reflectors: REFLECTORS }, asked: KUBE_ROUTER_SERVICE },
    { config: { service: true, reflectors: REFLECTORS, retire: true }, asked: KUBE_ROUTER_SERVICE },
    { config: { service: true }, asked: KUBE_ROUTER_SERVICE },
  ],
  "kube-router-dual": [{ config: { service: true, family: "dual" } }],
  // With FRR a password that changes while the sessions are up; then to the native speaker in place.
  metallb: [
    ...["frr", "frr-k8s"].flatMap((mode) => PASSWORDS.map((password) => ({ config: { mode, password } }))),
    { config: { mode: "native", password: PASSWORDS[0] } },
  ],
  "metallb-kind": [{ config: { local: true } }],
  "metallb-dual": [
    { config: { mode: "frr-k8s", family: "dual" } },
    // Of both families the native speaker announces IPv4 alone: sessions and BFD profiles that it refuses go first.
    { config: { mode: "native", family: "dual" } },
  ],
};
