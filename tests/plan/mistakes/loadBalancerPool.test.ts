/** Mistakes with LoadBalancerPool, each refused before anything is made, with the argument and what would be right. */
import { describe } from "vitest";
import { metallb } from "../../../components/cni/choices";
import { type PoolSpec, planPool } from "../../../components/plan/pool";
import { lab, refuses } from "./mistake";

const pool = (args: Omit<PoolSpec, "cluster">) => () => planPool("services", { cluster: lab().cluster, ...args });
const byMetallb = (args: Omit<PoolSpec, "cluster">) => () =>
  planPool("services", { cluster: lab({ balancer: metallb({ asn: 65010, version: "0.15" }) }).cluster, ...args });
const cidr = "172.16.0.240/28";

describe("a pool of addresses for services", () => {
  refuses([
    {
      what: "no range at all",
      call: pool({}),
      says: /^cidr: found "neither cidr nor ranges", expected one of the two/,
    },
    { what: "cidr and ranges", call: pool({ cidr, ranges: [cidr] }), says: /^cidr: found "cidr and ranges"/ },
    {
      what: "bits behind the prefix",
      call: pool({ cidr: "172.16.0.241/28" }),
      says: /^cidr: found "172.16.0.241\/28".*172.16.0.240\/28/,
    },
    {
      what: "an IPv6 prefix, and no service has such an address",
      call: pool({ cidr: "fd00::/120" }),
      says: /^cidr: found "fd00::\/120", expected a prefix of a family that services of k01 have: they have no IPv6/,
    },
    {
      what: "addresses that pods have",
      call: pool({ cidr: "192.168.7.0/24" }),
      says: /apart from the pods' 192.168.0.0\/16/,
    },
    {
      what: "addresses that services have already",
      call: pool({ cidr: "10.96.0.0/24" }),
      says: /apart from the services' 10.96.0.0\/16/,
    },
    {
      what: "a node's own address",
      call: pool({ cidr: "10.10.10.8/29" }),
      says: /apart from the address of control-plane, 10.10.10.10\/32/,
    },
    {
      what: "a range from first to last for Calico",
      call: pool({ ranges: ["172.16.0.1-172.16.0.9"] }),
      says: /^ranges\[0\]: .*a prefix: Calico's pools/,
    },
    {
      what: "a range whose ends are the wrong way round",
      call: byMetallb({ ranges: ["172.16.0.9-172.16.0.1"] }),
      says: /^ranges\[0\]: .*the lower address first/,
    },
    {
      what: "two ranges that overlap",
      call: byMetallb({ ranges: ["172.16.0.0/28", "172.16.0.8-172.16.0.20"] }),
      says: /^ranges\[1\]: .*apart from 172.16.0.0-172.16.0.15/,
    },
    {
      what: "a node that is not there",
      call: byMetallb({ cidr, nodes: ["worker9"] }),
      says: /^nodes\[0\]: found "worker9", expected a node of k01: control-plane, worker, worker2/,
    },
    {
      what: "nodes that announce, with Calico",
      call: pool({ cidr, nodes: ["worker"] }),
      says: /^nodes: .*expected nothing/,
    },
    {
      what: "a community that is none",
      call: pool({ cidr, communities: ["65010"] }),
      says: /^communities\[0\]: found "65010"/,
    },
    {
      what: "communities of what is not announced",
      call: pool({ cidr, advertise: false, communities: ["65010:1"] }),
      says: /^communities: .*advertise is false/,
    },
    {
      what: "one length for prefixes of two",
      call: pool({ ranges: ["172.16.0.0/28", "172.16.1.0/24"], aggregate: true }),
      says: /^aggregate: found "true", expected false/,
    },
  ]);
});
