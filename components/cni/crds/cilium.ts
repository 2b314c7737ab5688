/**
 * Cilium's BGP kinds: cilium.io/v2 as 1.18 to 1.20 have them, and CiliumBGPPeeringPolicy (v2alpha1), which 1.19 removed.
 * Fields, ranges and validations; what only the operator or agent checks is among the findings.
 */
import type { CrdKind } from "./crd";
import { choice, flag, list, object, strings, text, whole, type Rule, type Schema } from "./schema";

const rule = <T>(cel: string, message: string, holds: (value: T) => boolean): Rule => ({ cel, message, holds });

export const labelSelector = (): Schema =>
  object({
    matchLabels: { ...strings(), additionalProperties: text({ maxLength: 63 }) },
    matchExpressions: list(
      object(
        {
          key: text(),
          operator: choice(["In", "NotIn", "Exists", "DoesNotExist"]),
          values: list(text(), { listType: "atomic" }),
        },
        ["key", "operator"],
      ),
      { listType: "atomic" },
    ),
  });

const name = () => text({ minLength: 1, maxLength: 255 });
/** Four bytes; int64, as int32 cannot hold them. */
const asn = (least = 1) => whole(least, 4294967295, { format: "int64" });
const port = () => whole(1, 65535, { format: "int32" });
const address = () => text({ pattern: "^[0-9a-fA-F:.]+$" });

interface AutoDiscovery {
  mode: string;
  defaultGateway?: object;
}

const clusterConfigSpec: Schema = object(
  {
    nodeSelector: labelSelector(),
    bgpInstances: list(
      object(
        {
          name: name(),
          localASN: asn(),
          localPort: port(),
          peers: list(
            object(
              {
                name: name(),
                peerAddress: address(),
                peerASN: { ...asn(0), default: 0 },
                autoDiscovery: {
                  ...object(
                    {
                      mode: choice(["DefaultGateway"]),
                      defaultGateway: object({ addressFamily: choice(["ipv4", "ipv6"]) }, ["addressFamily"]),
                    },
                    ["mode"],
                    {
                      rules: [
                        rule<AutoDiscovery>(
                          "self.mode != 'DefaultGateway' || has(self.defaultGateway)",
                          "defaultGateway is required with mode DefaultGateway",
                          ({ mode, defaultGateway }) => mode !== "DefaultGateway" || defaultGateway !== undefined,
                        ),
                      ],
                    },
                  ),
                  since: "1.18",
                },
                peerConfigRef: object({ name: name() }, ["name"]),
              },
              ["name"],
            ),
            { listType: "map", listMapKeys: ["name"] },
          ),
        },
        ["name"],
      ),
      { minItems: 1, maxItems: 16, listType: "map", listMapKeys: ["name"] },
    ),
  },
  ["bgpInstances"],
);

interface Timers {
  keepAliveTimeSeconds?: number;
  holdTimeSeconds?: number;
}

const families = (selected: boolean): Schema =>
  list(
    object(
      {
        afi: choice(["ipv4", "ipv6", "l2vpn", "ls", "opaque"]),
        safi: choice([
          "unicast",
          "multicast",
          "mpls_label",
          "encapsulation",
          "vpls",
          "evpn",
          "ls",
          "sr_policy",
          "mup",
          "mpls_vpn",
          "mpls_vpn_multicast",
          "route_target_constraints",
          "flowspec_unicast",
          "flowspec_vpn",
          "key_value",
        ]),
        ...(selected ? { advertisements: labelSelector() } : {}),
      },
      ["afi", "safi"],
    ),
  );

const gracefulRestart = (): Schema =>
  object({ enabled: flag(), restartTimeSeconds: whole(1, 4095, { default: 120, format: "int32" }) }, ["enabled"]);

const peerConfigSpec: Schema = object({
  transport: object({
    peerPort: { ...port(), default: 179 },
    sourceInterface: { ...text(), since: "1.19" },
  }),
  timers: object(
    {
      connectRetryTimeSeconds: whole(1, 2147483647, { default: 120, format: "int32" }),
      holdTimeSeconds: whole(3, 65535, { default: 90, format: "int32" }),
      keepAliveTimeSeconds: whole(1, 65535, { default: 30, format: "int32" }),
    },
    [],
    {
      rules: [
        rule<Timers>(
          "self.keepAliveTimeSeconds <= self.holdTimeSeconds",
          "keepAliveTimeSeconds can not be larger than holdTimeSeconds",
          ({ keepAliveTimeSeconds = 30, holdTimeSeconds = 90 }) => keepAliveTimeSeconds <= holdTimeSeconds,
        ),
      ],
    },
  ),
  authSecretRef: text(),
  gracefulRestart: gracefulRestart(),
  ebgpMultihop: whole(1, 255, { default: 1, format: "int32" }),
  families: families(true),
});

export const WELL_KNOWN_NAMES = [
  "internet",
  "planned-shut",
  "accept-own",
  "route-filter-translated-v4",
  "route-filter-v4",
  "route-filter-translated-v6",
  "route-filter-v6",
  "llgr-stale",
  "no-llgr",
  "blackhole",
  "no-export",
  "no-advertise",
  "no-export-subconfed",
  "no-peer",
] as const;

const communities = (): Schema =>
  object({
    standard: list(text({ pattern: "^([0-9]{1,10}|[0-9]{1,5}:[0-9]{1,5})$" })),
    wellKnown: list(choice(WELL_KNOWN_NAMES)),
    large: list(text({ pattern: "^[0-9]{1,10}:[0-9]{1,10}:[0-9]{1,10}$" })),
  });

interface Advertisement {
  advertisementType: string;
  service?: object;
  interface?: object;
  selector?: object;
}
const only = (type: "Service" | "Interface", field: "service" | "interface") => [
  rule<Advertisement>(
    `self.advertisementType != '${type}' || has(self.${field})`,
    `${field} is required with advertisementType ${type}`,
    (one) => one.advertisementType !== type || one[field] !== undefined,
  ),
  rule<Advertisement>(
    `self.advertisementType == '${type}' || !has(self.${field})`,
    `${field} is for advertisementType ${type} alone`,
    (one) => one.advertisementType === type || one[field] === undefined,
  ),
];

const advertisementSpec: Schema = object(
  {
    advertisements: list(
      object(
        {
          advertisementType: choice(["PodCIDR", "CiliumPodIPPool", "Service", "Interface"]),
          service: object(
            {
              addresses: list(choice(["LoadBalancerIP", "ClusterIP", "ExternalIP"]), { minItems: 1, maxItems: 3 }),
              aggregationLengthIPv4: { ...whole(0, 31), since: "1.18" },
              aggregationLengthIPv6: { ...whole(0, 127), since: "1.18" },
            },
            ["addresses"],
          ),
          interface: { ...object({ name: name() }, ["name"]), since: "1.19" },
          selector: labelSelector(),
          attributes: object({ communities: communities(), localPreference: whole(0, undefined, { format: "int64" }) }),
        },
        ["advertisementType"],
        {
          rules: [
            ...only("Service", "service"),
            ...only("Interface", "interface").map((one) => ({ ...one, since: "1.19" })),
            rule<Advertisement>(
              "self.advertisementType != 'PodCIDR' || !has(self.selector)",
              "selector is not allowed with advertisementType PodCIDR",
              (one) => one.advertisementType !== "PodCIDR" || one.selector === undefined,
            ),
          ],
        },
      ),
      { minItems: 1 },
    ),
  },
  ["advertisements"],
);

const overrideSpec: Schema = object(
  {
    bgpInstances: list(
      object(
        {
          name: name(),
          routerID: text({ pattern: "^([0-9]{1,3}\\.){3}[0-9]{1,3}$" }),
          localPort: port(),
          localASN: asn(),
          peers: list(object({ name: name(), localAddress: address(), localPort: port() }, ["name"]), {
            listType: "map",
            listMapKeys: ["name"],
          }),
        },
        ["name"],
      ),
      { minItems: 1, listType: "map", listMapKeys: ["name"] },
    ),
  },
  ["bgpInstances"],
);

interface Block {
  cidr?: string;
  start?: string;
  stop?: string;
}

const ipPoolSpec: Schema = object({
  blocks: list(
    object({ cidr: text({ format: "cidr" }), start: address(), stop: address() }, [], {
      rules: [
        rule<Block>(
          "has(self.cidr) != has(self.start)",
          "a block is either a cidr, or a start with or without a stop",
          ({ cidr, start }) => (cidr === undefined) !== (start === undefined),
        ),
      ],
    }),
  ),
  serviceSelector: labelSelector(),
  disabled: flag({ default: false }),
  allowFirstLastIPs: choice(["Yes", "No"]),
});

const policySpec: Schema = object(
  {
    nodeSelector: labelSelector(),
    virtualRouters: list(
      object(
        {
          localASN: whole(0, 4294967295, { format: "int64" }),
          exportPodCIDR: flag(),
          podIPPoolSelector: labelSelector(),
          serviceSelector: labelSelector(),
          serviceAdvertisements: list(choice(["LoadBalancerIP", "ClusterIP", "ExternalIP"])),
          neighbors: list(
            object(
              {
                peerAddress: text({ format: "cidr" }),
                peerPort: { ...port(), default: 179 },
                peerASN: whole(0, 4294967295, { format: "int64" }),
                authSecretRef: text(),
                eBGPMultihopTTL: whole(1, 255, { default: 1, format: "int32" }),
                connectRetryTimeSeconds: whole(1, 2147483647, { default: 120, format: "int32" }),
                holdTimeSeconds: whole(3, 65535, { default: 90, format: "int32" }),
                keepAliveTimeSeconds: whole(1, 65535, { default: 30, format: "int32" }),
                gracefulRestart: gracefulRestart(),
                families: families(false),
                advertisedPathAttributes: list(
                  object(
                    {
                      selectorType: choice(["PodCIDR", "CiliumLoadBalancerIPPool", "CiliumPodIPPool"]),
                      selector: labelSelector(),
                      communities: communities(),
                      localPreference: whole(0, 4294967295, { format: "int64" }),
                    },
                    ["selectorType"],
                  ),
                ),
              },
              ["peerAddress", "peerASN"],
            ),
            { minItems: 1 },
          ),
        },
        ["localASN", "neighbors"],
      ),
      { minItems: 1 },
    ),
  },
  ["virtualRouters"],
);

const conditions: Schema = object({
  conditions: list(
    object(
      {
        type: text(),
        status: choice(["True", "False", "Unknown"]),
        reason: text(),
        message: text(),
        lastTransitionTime: text({ format: "date-time" }),
        observedGeneration: whole(0, undefined, { format: "int64" }),
      },
      ["type", "status"],
    ),
    { listType: "map", listMapKeys: ["type"] },
  ),
});

const kind = (kindName: string, plural: string, spec: Schema, extra: Partial<CrdKind> = {}): CrdKind => ({
  group: "cilium.io",
  version: "v2",
  kind: kindName,
  plural,
  scope: "Cluster",
  spec,
  specRequired: true,
  ...extra,
});

export const ciliumKinds: readonly CrdKind[] = [
  kind("CiliumBGPClusterConfig", "ciliumbgpclusterconfigs", clusterConfigSpec, {
    shortNames: ["cbgpcluster"],
    status: conditions,
  }),
  kind("CiliumBGPPeerConfig", "ciliumbgppeerconfigs", peerConfigSpec, { shortNames: ["cbgppeer"], status: conditions }),
  kind("CiliumBGPAdvertisement", "ciliumbgpadvertisements", advertisementSpec, { shortNames: ["cbgpadvert"] }),
  kind("CiliumBGPNodeConfigOverride", "ciliumbgpnodeconfigoverrides", overrideSpec, {
    shortNames: ["cbgpnodeoverride"],
  }),
  kind("CiliumLoadBalancerIPPool", "ciliumloadbalancerippools", ipPoolSpec, {
    shortNames: ["ippools", "ippool", "lbippool", "lbippools"],
    status: conditions,
  }),
  kind("CiliumBGPPeeringPolicy", "ciliumbgppeeringpolicies", policySpec, {
    version: "v2alpha1",
    shortNames: ["bgpp"],
    until: "1.19",
  }),
];

/** What the agent writes of each node: read where it is given, never installed by us. */
export const ciliumNodeKind: CrdKind = kind(
  "CiliumNode",
  "ciliumnodes",
  object(
    {
      addresses: list(object({ type: text(), ip: text() }, [], { open: true })),
      ipam: object(
        {
          podCIDRs: list(text()),
          pools: object(
            { allocated: list(object({ pool: text(), cidrs: list(text()) }, ["pool"], { open: true })) },
            [],
            { open: true },
          ),
        },
        [],
        { open: true },
      ),
    },
    [],
    { open: true },
  ),
);
