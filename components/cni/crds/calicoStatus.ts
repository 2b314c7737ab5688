/**
 * What Calico writes about itself, as projectcalico.org/v3 CRDs have it: which version is installed, and what a node says of
 * its BGP daemon. It decides nothing, and the reading of a cluster leaves it alone.
 */
import { kind } from "./calico";
import type { CrdKind } from "./crd";
import { choice, flag, list, object, text, whole } from "./schema";

/** What an installation writes about itself. */
export const clusterInformation: CrdKind = kind(
  "ClusterInformation",
  "clusterinformations",
  object({ calicoVersion: text(), clusterGUID: text(), clusterType: text(), datastoreReady: flag(), variant: text() }),
  { shortNames: ["clusterinfo"] },
);

const birdSchema = object({
  state: choice(["Ready", "NotReady"]),
  version: text(),
  routerID: text(),
  lastBootTime: text(),
  lastReconfigurationTime: text(),
});
const peersSchema = list(
  object({
    peerIP: text(),
    type: choice(["NodeMesh", "NodePeer", "GlobalPeer"]),
    state: choice(["Idle", "Connect", "Active", "OpenSent", "OpenConfirm", "Established", "Close", ""]),
    since: text(),
  }),
);
const routesSchema = list(
  object({
    type: choice(["FIB", "RIB"]),
    destination: text(),
    gateway: text(),
    interface: text(),
    learnedFrom: object({
      sourceType: choice(["Kernel", "Static", "Direct", "NodeMesh", "BGPPeer"]),
      peerIP: text(),
    }),
  }),
);

/** What a node says of its BGP daemon when somebody asks by such an object. */
export const calicoNodeStatus: CrdKind = kind(
  "CalicoNodeStatus",
  "caliconodestatuses",
  object({
    node: text(),
    classes: list(choice(["Agent", "BGP", "Routes"])),
    updatePeriodSeconds: whole(0, 86400, { format: "int32" }),
  }),
  {
    shortNames: ["caliconodestatus"],
    status: object({
      lastUpdated: text({ format: "date-time" }),
      agent: object({ birdV4: birdSchema, birdV6: birdSchema }),
      bgp: object(
        {
          numberEstablishedV4: whole(),
          numberNotEstablishedV4: whole(),
          numberEstablishedV6: whole(),
          numberNotEstablishedV6: whole(),
          peersV4: peersSchema,
          peersV6: peersSchema,
        },
        ["numberEstablishedV4", "numberNotEstablishedV4", "numberEstablishedV6", "numberNotEstablishedV6"],
      ),
      routes: object({ routesV4: routesSchema, routesV6: routesSchema }),
    }),
  },
);
