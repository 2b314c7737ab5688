/** What a reflector's BIRD 1.6.8 printed, read as the routes that a forecast has. */
import { describe, expect, it } from "vitest";
import { routeLine } from "../../components/forecast/lines";
import { liveSessionLines } from "../../components/live/observation";
import { readProtocols } from "../../components/live/systems/bird";
import { readRoutes } from "../../components/live/systems/birdRoutes";

const TABLE = `BIRD 1.6.8 ready.
10.210.0.0/26      via 172.28.2.3 on eth0 [Node_172_28_2_3 07:23:58] * (100/0) [AS64513i]
	Type: BGP unicast univ
	BGP.origin: IGP
	BGP.as_path: 64513
	BGP.next_hop: 172.28.2.3
	BGP.local_pref: 100
10.200.0.64/26     via 172.28.1.2 on eth0 [Node_172_28_1_2 07:23:51] * (100/0) [i]
	Type: BGP unicast univ
	BGP.origin: IGP
	BGP.as_path: 
	BGP.next_hop: 172.28.1.2
	BGP.local_pref: 100
10.200.0.128/26    blackhole [static1 07:23:45] * (200)
	Type: static unicast univ
`;
const PROTOCOLS = `BIRD 1.6.8 ready.
name     proto    table    state  since       info
Node_172_28_1_2 BGP      master   up     07:23:51    Established
    Session:          internal multihop AS4 add-path-rx add-path-tx
Node_172_28_2_3 BGP      master   up     07:23:58    Established
    Session:          external multihop AS4 add-path-rx add-path-tx
`;
const KERNEL = [
  {
    dst: "10.210.0.0/26",
    protocol: "bird",
    nexthops: [{ gateway: "172.28.2.4" }, { gateway: "172.28.2.3" }],
  },
  { dst: "10.200.0.64/26", protocol: "bird", gateway: "172.28.1.2" },
];

describe("routes of a running BIRD", () => {
  it("are what sessions brought, by the kernel's next hops, eBGP where the session is external", () => {
    expect(readRoutes("cluster-a-m03", TABLE, PROTOCOLS, KERNEL).map(routeLine)).toEqual([
      "cluster-a-m03 10.210.0.0/26: ebgp via 172.28.2.3 172.28.2.4, path 64513",
      "cluster-a-m03 10.200.0.64/26: ibgp via 172.28.1.2",
    ]);
  });

  it("say when the kernel has nothing, or something of another", () => {
    const lines = readRoutes("a", TABLE, PROTOCOLS, [{ dst: "10.200.0.64/26", protocol: "80" }]).map(routeLine);
    expect(lines).toEqual([
      "a 10.210.0.0/26: ebgp via , path 64513, not installed (nothing is)",
      "a 10.200.0.64/26: ibgp via , not installed (kernel is)",
    ]);
  });
});

it("a next hop beyond the node's own networks is BGP's, whichever gateway the kernel has for it", () => {
  // A worker of the large cluster: the block of a node in the other rack, from that node and twice reflected.
  const table = `10.244.0.64/26     via 10.0.20.1 on eth1 [Node_10_0_20_66 14:39:28 from 10.0.20.66] * (100/?) [i]
	Type: BGP unicast univ
	BGP.origin: IGP
	BGP.as_path: 
	BGP.next_hop: 10.0.20.66
	BGP.local_pref: 2147482623
                   via 10.0.20.1 on eth1 [Node_10_0_20_2 14:39:27 from 10.0.20.2] (100/?) [i]
	Type: BGP unicast univ
	BGP.origin: IGP
	BGP.as_path: 
	BGP.next_hop: 10.0.20.66
	BGP.local_pref: 2147482623
	BGP.originator_id: 10.0.20.66
	BGP.cluster_list: 1.0.0.1
`;
  const kernel = [{ dst: "10.244.0.64/26", gateway: "10.0.20.1", dev: "eth1", protocol: "bird" }];
  expect(readRoutes("k8s-worker-01", table, "", kernel).map(routeLine)).toEqual([
    "k8s-worker-01 10.244.0.64/26: ibgp via 10.0.20.66, local-preference 2147482623",
  ]);
});

describe("a session that is not established", () => {
  it("is told with its state and the daemon's last error", () => {
    const protocols = `Node_172_28_1_2 BGP      master   start  07:23:51    Connect       Socket: Connection refused
  BGP state:          Connect
    Neighbor address: 172.28.1.2
    Neighbor AS:      64512
    Last error:       Socket: Connection refused
`;
    const forecast = ["cluster-a 172.28.1.1 - cluster-a-m02 172.28.1.2: up ibgp AS 64512 - 64512 ipv4"];
    expect(liveSessionLines(forecast, readProtocols("cluster-a", protocols), ["cluster-a"])).toEqual([
      "cluster-a 172.28.1.1 - cluster-a-m02 172.28.1.2: down (cluster-a: Connect, last Socket: Connection refused)",
    ]);
  });
});

it("names a well-known community as the forecast does", () => {
  const table = [
    "10.1.0.0/26       via 10.0.0.2 on eth0 [Mesh_10_0_0_2 10:00:00] * (100/0) [i]",
    "\tType: BGP unicast univ",
    "\tBGP.origin: IGP",
    "\tBGP.as_path: ",
    "\tBGP.next_hop: 10.0.0.2",
    "\tBGP.local_pref: 100",
    "\tBGP.community: (65535,65281) (64512,7)",
  ].join("\n");
  const [route] = readRoutes("n1", table, "", []);
  // RFC 1997: 0xFFFFFF01.
  expect(route?.communities).toEqual(["64512:7", "no-export"]);
});
