/** Mistakes with Rack, Segment, Router and Cluster. */
import { describe } from "vitest";
import { calico, kubeRouter } from "../../../components/cni/choices";
import { place } from "../../../components/plan/place";
import { planRouter } from "../../../components/plan/router";
import { planSegment } from "../../../components/plan/segment";
import { clusterOn, lab, rackOf, refuses } from "./mistake";

describe("a rack", () => {
  refuses([
    { what: "AS 0", call: () => rackOf({ asn: 0 }), says: /^router\.asn: found "0", expected an ASN from 1/ },
    { what: "AS_TRANS", call: () => rackOf({ asn: 23456 }), says: /^router\.asn: found "23456"/ },
    { what: "no segment", call: () => rackOf({}, []), says: /^segments: .*at least one prefix/ },
    {
      what: "bits behind the segment's prefix",
      call: () => rackOf({}, ["10.10.10.1/24"]),
      says: /^segments\[0\]: found "10.10.10.1\/24"/,
    },
    {
      what: "a segment too small for nodes",
      call: () => rackOf({}, ["10.10.10.0/31"]),
      says: /^segments\[0\]: .*length 29 or shorter/,
    },
    {
      what: "an IPv6 segment too small for nodes",
      call: () => rackOf({}, ["fd00::/126"]),
      says: /^segments\[0\]: .*an IPv6 prefix of length 125 or shorter/,
    },
    {
      what: "the router outside of its segment",
      call: () => rackOf({ address: "10.10.11.1" }),
      says: /^router\.address: .*an address of the segment 10.10.10.0\/24/,
    },
    {
      what: "the network's own address",
      call: () => rackOf({ address: "10.10.10.0" }),
      says: /^router\.address: found "10.10.10.0"/,
    },
    { what: "no next hop at all", call: () => rackOf({ maximumPaths: 0 }), says: /^router\.maximumPaths: found "0"/ },
    { what: "a limit of no session", call: () => rackOf({ peerLimit: 0 }), says: /^router\.peerLimit: found "0"/ },
    {
      what: "a version of FRR that is none",
      call: () => rackOf({ version: "eight" }),
      says: /^router\.version: found "eight"/,
    },
    {
      what: "two segments that overlap",
      call: () => rackOf({}, ["10.10.10.0/24", "10.10.10.128/25"]),
      says: /^segments\[1\]: .*apart from segments\[0\]/,
    },
  ]);
});

describe("a segment and a router on it", () => {
  const lan = planSegment("lan", { prefix: "10.0.0.0/24" });
  const router = (changes: object) => () =>
    planRouter("spine", { os: "frr", asn: 65000, segments: [{ segment: lan, address: "10.0.0.1" }], ...changes });
  refuses([
    {
      what: "a gateway elsewhere",
      call: () => planSegment("lan", { prefix: "10.0.0.0/24", gateway: "10.0.1.1" }),
      says: /^gateway: found "10.0.1.1", expected an address of the segment 10.0.0.0\/24/,
    },
    {
      what: "a prefix without a length",
      call: () => planSegment("lan", { prefix: "10.0.0.0" }),
      says: /^prefix: found "10.0.0.0"/,
    },
    {
      what: "a segment of two addresses",
      call: () => planSegment("lan", { prefix: "10.0.0.0/30" }),
      says: /^prefix: .*length 29 or shorter/,
    },
    { what: "no segment", call: router({ segments: [] }), says: /^segments: .*at least one segment/ },
    {
      what: "an address of another segment",
      call: router({ segments: [{ segment: lan, address: "10.9.0.1" }] }),
      says: /^segments\[0\]\.address: found "10.9.0.1"/,
    },
    {
      what: "one segment twice",
      call: router({
        segments: [
          { segment: lan, address: "10.0.0.1" },
          { segment: lan, address: "10.0.0.2" },
        ],
      }),
      says: /^segments\[1\]/,
    },
    { what: "a router id that is a number", call: router({ routerId: "7" }), says: /^routerId: found "7"/ },
    {
      what: "a loopback with a length",
      call: router({ loopback: "10.0.0.9/32" }),
      says: /^loopback: found "10.0.0.9\/32"/,
    },
    { what: "an ASN above the last", call: router({ asn: 4294967295 }), says: /^asn: found "4294967295"/ },
    { what: "half a next hop", call: router({ maximumPaths: 1.5 }), says: /^maximumPaths: found "1.5"/ },
  ]);
});

describe("a cluster", () => {
  const on = (changes: Parameters<typeof lab>[0]) => () => lab(changes);
  refuses([
    { what: "no node", call: on({ nodes: [] }), says: /^nodes: .*at least one node/ },
    {
      what: "pods over the rack",
      call: on({ pods: "10.10.0.0/16" }),
      says: /^pods: .*apart from the segment rack1, 10.10.10.0\/24/,
    },
    {
      what: "pods over the services",
      call: on({ pods: "10.96.0.0/12" }),
      says: /^pods: .*apart from the services' 10.96.0.0\/16/,
    },
    {
      what: "services over the rack",
      call: on({ services: "10.10.0.0/16" }),
      says: /^services: .*apart from the segment rack1/,
    },
    { what: "a pod network with room for no node", call: on({ pods: "192.168.0.0/27" }), says: /^pods: / },
    {
      what: "an ASN that Calico's field does not hold",
      call: on({ cni: calico({ asn: 4200000000 }) }),
      says: /^cni\.asn: .*2147483647/,
    },
    {
      what: "a second CNI as the balancer",
      call: on({ balancer: kubeRouter({ asn: 65020 }) }),
      says: /^balancer: found "kube-router", expected metallb/,
    },
    {
      what: "a port that programs may not have",
      call: on({ apiPort: 80 }),
      says: /^apiPort: found "80", expected a port from 1024/,
    },
    {
      what: "capitals in a node's name",
      call: () => {
        const rack = rackOf();
        return clusterOn(rack, { nodes: place(rack, ["Worker"]) });
      },
      says: /^nodes\[0\]\.name: found "Worker", expected lower-case/,
    },
    {
      what: "two nodes of one name",
      call: () => {
        const rack = rackOf();
        return clusterOn(rack, { nodes: place(rack, ["a", "a"]) });
      },
      says: /"a".*(of its own|once|nodes\[0\] has it)/,
    },
    {
      what: "the router's address for a node",
      call: () => {
        const rack = rackOf();
        return clusterOn(rack, { nodes: place(rack, ["a"]).map((one) => ({ ...one, address: "10.10.10.1" })) });
      },
      says: /^nodes\[0\]\.address: found "10.10.10.1", expected an address that neither the router/,
    },
  ]);
});
