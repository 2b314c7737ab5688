/** What BIRD 1.6.8 says of itself on a node, as a CalicoNodeStatus has it. The texts are those of a node of lab 002. */
import { describe, expect, it } from "vitest";
import { nodeStatus } from "../../../components/agent/cnis/calico/birdStatus";
import { calicoNodeStatus } from "../../../components/cni/crds/calicoStatus";
import { checkSchema, object } from "../../../components/cni/crds/schema";

const said = {
  status: `BIRD 1.6.8 ready.
BIRD 1.6.8
Router ID is 10.10.10.11
Current server time is 2026-11-29 11:20:12
Last reboot on 2026-11-29 11:19:49
Last reconfiguration on 2026-11-29 11:20:06
Daemon is up and running
`,
  protocols: `BIRD 1.6.8 ready.
name     proto    table    state  since       info
device1  Device   master   up     11:19:48    
direct1  Direct   master   up     11:19:48    
kernel1  Kernel   master   up     11:19:48    
static1  Static   master   up     11:19:48    
Global_10_10_10_1 BGP      master   up     11:19:53    Established   
`,
  routes: `BIRD 1.6.8 ready.
10.10.10.0/24      dev eth1 [direct1 11:19:48] * (240)
172.16.0.240/28    blackhole [static1 11:20:05] * (200)
192.168.0.128/26   via 10.10.10.12 on eth1 [kernel1 11:19:51] * (10)
`,
};
const now = "2026-11-29T11:20:12Z";

describe("the status of a node", () => {
  it("has the daemon, its sessions and its routes", () => {
    expect(nodeStatus(["Agent", "BGP", "Routes"], { v4: said }, now)).toEqual({
      lastUpdated: now,
      agent: {
        birdV4: {
          state: "Ready",
          version: "birdv1.6.8",
          routerID: "10.10.10.11",
          lastBootTime: "2026-11-29 11:19:49",
          lastReconfigurationTime: "2026-11-29 11:20:06",
        },
        birdV6: {},
      },
      bgp: {
        numberEstablishedV4: 1,
        numberNotEstablishedV4: 0,
        numberEstablishedV6: 0,
        numberNotEstablishedV6: 0,
        peersV4: [{ peerIP: "10.10.10.1", type: "GlobalPeer", state: "Established", since: "11:19:53" }],
      },
      routes: {
        routesV4: [
          {
            destination: "10.10.10.0/24",
            gateway: "N/A",
            interface: "eth1",
            type: "FIB",
            learnedFrom: { sourceType: "Direct" },
          },
          {
            destination: "172.16.0.240/28",
            gateway: "N/A",
            interface: "blackhole",
            type: "FIB",
            learnedFrom: { sourceType: "Static" },
          },
          {
            destination: "192.168.0.128/26",
            gateway: "10.10.10.12",
            interface: "eth1",
            type: "FIB",
            learnedFrom: { sourceType: "Kernel" },
          },
        ],
      },
    });
  });

  it("has what is asked for alone, and is what the kind's schema takes", () => {
    expect(Object.keys(nodeStatus(["BGP"], { v4: said }, now))).toEqual(["lastUpdated", "bgp"]);
    const whole = nodeStatus(["Agent", "BGP", "Routes"], { v4: said }, now);
    expect(checkSchema(calicoNodeStatus.status ?? object({}), whole, "", "3.32")).toEqual([]);
  });

  it("names a session that is not established, and the path that another one beats", () => {
    const protocols = "Mesh_10_0_0_2 BGP      master   start  11:19:53    Active        Socket: Connection refused\n";
    const routes = `10.1.0.0/26        via 10.0.0.2 on eth1 [Mesh_10_0_0_2 11:19:53] * (100/0) [i]
                   via 10.0.0.3 on eth1 [Node_10_0_0_3 11:19:53 from 10.0.0.3] (100/0) [i]
`;
    const { bgp, routes: seen } = nodeStatus(["BGP", "Routes"], { v4: { ...said, protocols, routes } }, now);
    expect(bgp).toMatchObject({
      numberNotEstablishedV4: 1,
      peersV4: [{ peerIP: "10.0.0.2", type: "NodeMesh", state: "Active" }],
    });
    expect(seen).toMatchObject({
      routesV4: [
        { type: "FIB", gateway: "10.0.0.2", learnedFrom: { sourceType: "NodeMesh", peerIP: "10.0.0.2" } },
        { type: "RIB", destination: "10.1.0.0/26", learnedFrom: { sourceType: "BGPPeer", peerIP: "10.0.0.3" } },
      ],
    });
  });

  it("counts the sessions and routes of both daemons where a node has both families", () => {
    const v6 = {
      ...said,
      protocols: `Global_fd00_10__1 BGP      master   up     11:19:53    Established
Mesh_fd00_10__12 BGP      master   start  11:19:53    Connect
`,
      routes: `fd00:192:168::80/122 via fd00:10::12 on eth1 [Mesh_fd00_10__12 11:19:51] * (100/0) [i]
`,
    };
    expect(nodeStatus(["Agent", "BGP", "Routes"], { v4: said, v6 }, now)).toMatchObject({
      agent: { birdV4: { state: "Ready" }, birdV6: { state: "Ready" } },
      bgp: {
        numberEstablishedV4: 1,
        numberEstablishedV6: 1,
        numberNotEstablishedV6: 1,
        peersV6: [
          { peerIP: "fd00:10::1", type: "GlobalPeer", state: "Established", since: "11:19:53" },
          { peerIP: "fd00:10::12", type: "NodeMesh", state: "Connect", since: "11:19:53" },
        ],
      },
      routes: {
        routesV6: [
          {
            destination: "fd00:192:168::80/122",
            gateway: "fd00:10::12",
            learnedFrom: { sourceType: "NodeMesh", peerIP: "fd00:10::12" },
          },
        ],
      },
    });
    expect(nodeStatus(["BGP"], { v6 }, now).bgp).toMatchObject({ numberEstablishedV4: 0, numberEstablishedV6: 1 });
  });
});
