/** Mistakes with RouteReflectorTier. */
import { describe } from "vitest";
import { calico, cilium } from "../../../components/cni/choices";
import { place } from "../../../components/plan/place";
import { type ReflectorTierSpec, planReflectorTier } from "../../../components/plan/reflectorTier";
import { clusterOn, lab, rackOf, refuses } from "./mistake";

type Args = Partial<Omit<ReflectorTierSpec, "cluster">>;
const two = { nodes: ["worker", "worker2"] };
const tier =
  (args: Args, cluster = lab().cluster) =>
  () =>
    planReflectorTier("rr", { cluster, reflectors: two, clusterId: "244.0.0.1", ...args });

function overTwoRacks() {
  const [a, b] = [rackOf(), rackOf({ address: "10.10.20.1", asn: 65002 }, ["10.10.20.0/24"], "rack2")];
  const nodes = [...place(a, ["control-plane", "worker", "worker2"]), ...place(b, ["worker3"])];
  return clusterOn(a, { nodes });
}

describe("a tier of reflectors", () => {
  refuses([
    {
      what: "a node that is not there",
      call: tier({ reflectors: { nodes: ["worker9"] } }),
      says: /^reflectors.nodes\[0\]: found "worker9", expected a node of k01: control-plane/,
    },
    { what: "no node", call: tier({ reflectors: { nodes: [] } }), says: /^reflectors.nodes: .*at least one node/ },
    {
      what: "one node twice",
      call: tier({ reflectors: { nodes: ["worker", "worker"] } }),
      says: /^reflectors.nodes\[1\]: .*each node once/,
    },
    { what: "a cluster id that is a number", call: tier({ clusterId: "1" }), says: /clusterId: found "1"/ },
    {
      what: "a cluster id that is no address",
      call: tier({ clusterId: "244.0.0.300" }),
      says: /clusterId: found "244.0.0.300"/,
    },
    {
      what: "a label that Kubernetes does not take",
      call: tier({ reflectors: { ...two, label: "route reflector" } }),
      says: /label.*found "route reflector"/,
    },
    { what: "all reflectors in one of two racks", call: tier({}, overTwoRacks()), says: /^reflectors\.nodes: .*rack/ },
    { what: "more racks than there are", call: tier({ racks: 3 }), says: /^racks: found "3"/ },
    { what: "racks that are no number", call: tier({ racks: 0 }), says: /^racks: found "0"/ },
    {
      what: "Cilium, which reflects nothing",
      call: tier({}, lab({ cni: cilium({ asn: 65010 }) }).cluster),
      says: /reflectors: .*Cilium/,
    },
    {
      what: "a name of Kubernetes' in place of the program's that belongs to another cluster",
      call: tier({ reflectors: { nodes: ["k02-worker", "worker"] } }),
      says: /^reflectors.nodes\[0\]: found "k02-worker"/,
    },
  ]);
});

describe("and the ASN that Calico's field cannot hold is the cluster's mistake", () => {
  refuses([
    {
      what: "4200000000",
      call: () => lab({ cni: calico({ asn: 4200000000 }) }),
      says: /^cni\.asn: found "4200000000"/,
    },
  ]);
});
