/** Mistakes that no part sees by itself: what LiveNetwork's plan says of parts that do not fit each other. */
import { describe } from "vitest";
import { calico, metallb } from "../../../components/cni/choices";
import { planEcho } from "../../../components/plan/echo";
import type { Planned } from "../../../components/plan/facts";
import { planLive } from "../../../components/plan/live";
import { place } from "../../../components/plan/place";
import { planPool } from "../../../components/plan/pool";
import { planReflectorTier } from "../../../components/plan/reflectorTier";
import { planSelective } from "../../../components/plan/selective";
import { clusterOn, lab, rackOf, refuses } from "./mistake";

const whole = (make: () => readonly Planned[]) => () => planLive(make());

/** The lab of 000 with a part more. */
const withMore = (more: (one: ReturnType<typeof lab>) => readonly Planned[], changes?: Parameters<typeof lab>[0]) =>
  whole(() => {
    const one = lab(changes);
    return [one.rack, one.cluster, ...more(one)];
  });

const peers = ({ rack, cluster }: ReturnType<typeof lab>, changes: object = {}, name = "edge") =>
  planSelective(name, { cluster, racks: [rack], speakers: "all", ...changes });

const second = (rack: ReturnType<typeof rackOf>, from: string, name = "k02", pods = "192.169.0.0/16") =>
  clusterOn(rack, { cni: calico({ asn: 65020 }), pods, nodes: place(rack, ["a"], { from }) }, name);

const tier = (cluster: ReturnType<typeof lab>["cluster"], nodes: string[]) =>
  planReflectorTier(`of-${nodes[0] ?? ""}`, { cluster, reflectors: { nodes }, clusterId: "1.0.0.1" });

describe("parts that do not fit each other", () => {
  refuses([
    {
      what: "two racks on one prefix",
      call: whole(() => [rackOf(), rackOf({ address: "10.10.10.2", asn: 65002 }, ["10.10.10.0/24"], "rack2")]),
      says: /segment rack2.*found "10\.10\.10\.0\/24", expected a prefix apart from segment rack1/,
    },
    {
      what: "a cluster without the rack that its nodes stand in",
      call: whole(() => [lab().cluster]),
      says: /rack1/,
    },
    {
      what: "two clusters of one name",
      call: withMore(({ rack }) => [second(rack, "10.10.10.50", "k01")]),
      says: /^k01: found "2 clusters", expected a name of its own/,
    },
    {
      what: "one address for nodes of two clusters",
      call: withMore(({ rack }) => [second(rack, "10.10.10.10")]),
      says: /10\.10\.10\.10/,
    },
    {
      what: "pods of two clusters over each other",
      call: withMore(({ rack }) => [second(rack, "10.10.10.50", "k02", "192.168.0.0/17")]),
      says: /k02.*found "192\.168\.0\.0\/17", expected a prefix apart from k01's pool/,
    },
    {
      what: "two pools over each other",
      call: withMore(({ cluster }) => [
        planPool("a", { cluster, cidr: "172.16.0.0/24", poolName: "a" }),
        planPool("b", { cluster, cidr: "172.16.0.240/28", poolName: "b" }),
      ]),
      says: /pool b.*found "172\.16\.0\.240\/28", expected a prefix apart from k01's pool a/,
    },
    {
      what: "a pool over the rack",
      call: withMore(({ cluster }) => [planPool("services", { cluster, cidr: "10.10.10.128/28" })]),
      says: /10\.10\.10\.128\/28.*segment rack1/,
    },
    {
      what: "the mesh kept by one part and taken away by another",
      call: withMore((one) => [peers(one, { mesh: true }), tier(one.cluster, ["worker", "worker2"])]),
      says: /mesh: found "true and false", expected one value for the whole cluster/,
    },
    {
      what: "two tiers of reflectors for one cluster",
      call: withMore(({ cluster }) => [
        tier(cluster, ["worker", "worker2"]),
        tier(cluster, ["control-plane", "worker2"]),
      ]),
      says: /reflectors: .*expected one value for the whole cluster/,
    },
    {
      what: "a session with the router from both the CNI and the balancer of a node",
      call: withMore(
        (one) => {
          const peered = planSelective("again", { cluster: clusterOn(one.rack), racks: [one.rack], speakers: "all" });
          return [peers(one), peered];
        },
        { balancer: metallb({ asn: 65030 }) },
      ),
      says: /MetalLB/,
    },
    {
      what: "a password whose value no part brings",
      call: withMore((one) => [peers(one, { session: { password: "given" } })]),
      says: /^rack1-tor: password .*expected a part with its value/,
    },
    {
      what: "a service that asks for an address outside of every pool",
      call: withMore((one) => [
        peers(one),
        planPool("services", { cluster: one.cluster, cidr: "172.16.0.240/28" }),
        planEcho("web", { cluster: one.cluster, port: 80, address: "172.16.9.1" }),
      ]),
      says: /^lb-web-service: address: found "172\.16\.9\.1", expected an address of a pool of the cluster: 172\.16\.0\.240\/28/,
    },
  ]);
});
