/**
 * The Calico kinds that matter to BGP, as projectcalico.org/v3 CRDs have them (v3.31 to v3.33): fields, ranges and
 * validations. What only libcalico or the aggregated API server checks is not here but among the findings.
 */
import { flag, list, object, text, choice, whole, type Rule, type Schema } from "./schema";
import type { CrdKind } from "./crd";

export const CALICO_GROUPS = ["projectcalico.org", "crd.projectcalico.org"] as const;
/** Route priorities and the metrics made of them. */
export const HIGHEST_PRIORITY = 2147483646;

const cidr = (maxLength?: number) => text({ format: "cidr", ...(maxLength === undefined ? {} : { maxLength }) });
const selector = () => text({ maxLength: 4096 });
const secretRef = object({
  secretKeyRef: object({ key: text(), name: text({ default: "" }), optional: flag() }, ["key"]),
});
const asn32 = () => whole(0, undefined, { format: "int32" });

const rule = <T>(cel: string, message: string, holds: (value: T) => boolean): Rule => ({ cel, message, holds });
const empty = (value: string | undefined) => value === undefined || value === "";
const unset = (name: string) => `(!has(self.${name}) || size(self.${name}) == 0)`;

interface PeerSpec {
  node?: string;
  nodeSelector?: string;
  peerIP?: string;
  peerSelector?: string;
  localWorkloadSelector?: string;
  asNumber?: number;
}

export const bgpPeerSpec: Schema = object(
  {
    node: text({ maxLength: 253 }),
    nodeSelector: selector(),
    peerIP: text({ maxLength: 64 }),
    asNumber: asn32(),
    localASNumber: { ...asn32(), since: "3.31" },
    peerSelector: selector(),
    keepOriginalNextHop: flag(),
    nextHopMode: choice(["Auto", "Self", "Keep"]),
    password: secretRef,
    sourceAddress: choice(["UseNodeIP", "None"]),
    maxRestartTime: text(),
    keepaliveTime: { ...text(), since: "3.32" },
    numAllowedLocalASNumbers: whole(0, undefined, { format: "int32" }),
    ttlSecurity: whole(0, 255),
    reachableBy: text(),
    filters: list(text()),
    localWorkloadSelector: selector(),
    reversePeering: { ...choice(["Auto", "Manual"]), since: "3.31" },
  },
  [],
  {
    rules: [
      rule<PeerSpec>(
        `${unset("node")} || ${unset("nodeSelector")}`,
        "node and nodeSelector cannot both be set",
        ({ node, nodeSelector }) => empty(node) || empty(nodeSelector),
      ),
      rule<PeerSpec>(
        `${unset("peerIP")} || ${unset("peerSelector")}`,
        "peerIP and peerSelector cannot both be set",
        ({ peerIP, peerSelector }) => empty(peerIP) || empty(peerSelector),
      ),
      rule<PeerSpec>(
        `${unset("peerSelector")} || !has(self.asNumber) || self.asNumber == 0`,
        "asNumber must be empty when peerSelector is set",
        ({ peerSelector, asNumber = 0 }) => empty(peerSelector) || asNumber === 0,
      ),
      rule<PeerSpec>(
        `${unset("localWorkloadSelector")} || ${unset("peerIP")}`,
        "peerIP must be empty when localWorkloadSelector is set",
        ({ localWorkloadSelector, peerIP }) => empty(localWorkloadSelector) || empty(peerIP),
      ),
      rule<PeerSpec>(
        `${unset("localWorkloadSelector")} || ${unset("peerSelector")}`,
        "peerSelector must be empty when localWorkloadSelector is set",
        ({ localWorkloadSelector, peerSelector }) => empty(localWorkloadSelector) || empty(peerSelector),
      ),
      rule<PeerSpec>(
        `${unset("localWorkloadSelector")} || (has(self.asNumber) && self.asNumber != 0)`,
        "asNumber is required when localWorkloadSelector is set",
        ({ localWorkloadSelector, asNumber = 0 }) => empty(localWorkloadSelector) || asNumber !== 0,
      ),
    ],
  },
);

interface MeshSpec {
  nodeToNodeMeshEnabled?: boolean;
  nodeMeshPassword?: object;
  nodeMeshMaxRestartTime?: string;
}
const meshOnly = (name: "nodeMeshPassword" | "nodeMeshMaxRestartTime") =>
  rule<MeshSpec>(
    `!has(self.${name}) || !has(self.nodeToNodeMeshEnabled) || self.nodeToNodeMeshEnabled == true`,
    `${name} cannot be set when nodeToNodeMeshEnabled is false`,
    (spec) => spec[name] === undefined || spec.nodeToNodeMeshEnabled !== false,
  );

const cidrBlocks = () => list(object({ cidr: cidr() }), { listType: "atomic" });

export const bgpConfigurationSpec: Schema = object(
  {
    logSeverityScreen: text({ pattern: "^(?i)(Trace|Debug|Info|Warning|Error|Fatal)?$", default: "Info" }),
    nodeToNodeMeshEnabled: flag(),
    asNumber: asn32(),
    serviceLoadBalancerIPs: cidrBlocks(),
    serviceExternalIPs: cidrBlocks(),
    serviceClusterIPs: cidrBlocks(),
    serviceLoadBalancerAggregation: { ...choice(["Enabled", "Disabled"], { default: "Enabled" }), since: "3.31" },
    communities: list(object({ name: text(), value: text({ pattern: "^(\\d+):(\\d+)$|^(\\d+):(\\d+):(\\d+)$" }) }), {
      listType: "atomic",
    }),
    prefixAdvertisements: list(object({ cidr: cidr(), communities: list(text()) }), { listType: "atomic" }),
    listenPort: whole(1, 65535),
    nodeMeshPassword: secretRef,
    nodeMeshMaxRestartTime: text(),
    bindMode: choice(["None", "NodeIP"]),
    ignoredInterfaces: list(text(), { listType: "set" }),
    localWorkloadPeeringIPV4: text(),
    localWorkloadPeeringIPV6: text(),
    programClusterRoutes: {
      ...choice(["Enabled", "Disabled", "EnabledIPIPOnly", "EnabledNoEncapOnly"]),
      since: "3.32",
    },
    ipv4NormalRoutePriority: { ...whole(1, HIGHEST_PRIORITY), since: "3.32" },
    ipv6NormalRoutePriority: { ...whole(1, HIGHEST_PRIORITY), since: "3.32" },
  },
  [],
  { rules: [meshOnly("nodeMeshPassword"), meshOnly("nodeMeshMaxRestartTime")] },
);

const short = "([0-9]|[1-9][0-9]{1,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";
const long =
  "([0-9]|[1-9][0-9]{1,8}|[1-3][0-9]{9}|4[0-1][0-9]{8}|42[0-8][0-9]{7}|429[0-3][0-9]{6}|4294[0-8][0-9]{5}|42949[0-5][0-9]{4}|429496[0-6][0-9]{3}|4294967[0-1][0-9]{2}|42949672[0-8][0-9]|429496729[0-5])";
const community = text({ maxLength: 32, pattern: `^(${short}:${short}|${long}:${long}:${long})$` });

interface FilterRule {
  cidr?: string;
  matchOperator?: string;
  prefixLength?: object;
  operations?: unknown[];
  action: string;
}

const filterRule = (cidrLength: number, longest: number): Schema =>
  object(
    {
      cidr: cidr(cidrLength),
      matchOperator: choice(["Equal", "NotEqual", "In", "NotIn"]),
      prefixLength: object({ min: whole(0, longest), max: whole(0, longest) }),
      source: choice(["RemotePeers"]),
      interface: text(),
      action: choice(["Accept", "Reject"]),
      peerType: { ...choice(["eBGP", "iBGP"]), since: "3.32" },
      communities: { ...object({ values: list(community, { minItems: 1, maxItems: 1 }) }, ["values"]), since: "3.32" },
      asPathPrefix: { ...list(asn32()), since: "3.32" },
      priority: { ...whole(1, HIGHEST_PRIORITY), since: "3.32" },
      operations: {
        ...list(
          object(
            {
              addCommunity: object({ value: community }, ["value"]),
              prependASPath: object({ prefix: list(asn32(), { minItems: 1, maxItems: 10 }) }, ["prefix"]),
              setPriority: object({ value: whole(1, HIGHEST_PRIORITY) }, ["value"]),
            },
            [],
            { minProperties: 1, maxProperties: 1 },
          ),
          { minItems: 1, maxItems: 10 },
        ),
        since: "3.32",
      },
    },
    ["action"],
    {
      rules: [
        rule<FilterRule>(
          "(has(self.cidr) && size(self.cidr) > 0) == (has(self.matchOperator) && size(self.matchOperator) > 0)",
          "cidr and matchOperator must both be set or both be empty",
          (one) => empty(one.cidr) === empty(one.matchOperator),
        ),
        rule<FilterRule>(
          "!has(self.prefixLength) || (has(self.cidr) && size(self.cidr) > 0)",
          "cidr is required when prefixLength is set",
          (one) => one.prefixLength === undefined || !empty(one.cidr),
        ),
      ],
    },
  );

/** A rule over a field that older versions lack cannot stand in their CRD: the server could not compile it. */
const acceptOnly = rule<{
  exportV4?: FilterRule[];
  importV4?: FilterRule[];
  exportV6?: FilterRule[];
  importV6?: FilterRule[];
}>(
  ["exportV4", "importV4", "exportV6", "importV6"]
    .map(
      (name) =>
        `(!has(self.${name}) || self.${name}.all(r, !has(r.operations) || size(r.operations) == 0 || r.action == 'Accept'))`,
    )
    .join(" && "),
  "operations may only be used with action Accept",
  (spec) =>
    [spec.exportV4, spec.importV4, spec.exportV6, spec.importV6].every((rules) =>
      (rules ?? []).every((one) => (one.operations ?? []).length === 0 || one.action === "Accept"),
    ),
);

export const bgpFilterSpec: Schema = object(
  {
    exportV4: list(filterRule(18, 32), { maxItems: 1000 }),
    importV4: list(filterRule(18, 32), { maxItems: 1000 }),
    exportV6: list(filterRule(43, 128), { maxItems: 1000 }),
    importV6: list(filterRule(43, 128), { maxItems: 1000 }),
  },
  [],
  { rules: [{ ...acceptOnly, since: "3.32" }] },
);

interface PoolSpec {
  cidr: string;
  ipipMode?: string;
  vxlanMode?: string;
  allowedUses?: string[];
  disableBGPExport?: boolean;
  nodeSelector?: string;
}
const encapsulated = (mode: string | undefined) => mode === "Always" || mode === "CrossSubnet";
const isOff = (name: string) => `(!has(self.${name}) || self.${name} == 'Never' || size(self.${name}) == 0)`;
const isLoadBalancer = "(has(self.allowedUses) && self.allowedUses.exists(u, u == 'LoadBalancer'))";
const forLoadBalancer = (spec: PoolSpec) => spec.allowedUses?.includes("LoadBalancer") ?? false;

export const ipPoolSpec: Schema = object(
  {
    cidr: text({
      format: "cidr",
      maxLength: 48,
      rules: [
        rule("self == oldSelf", "cidr cannot be changed: add a pool beside it and move the workloads", () => true),
      ],
    }),
    blockSize: whole(0, 128, {
      rules: [
        rule("self == oldSelf", "blockSize cannot be changed: add a pool beside it and move the workloads", () => true),
      ],
    }),
    ipipMode: choice(["Never", "Always", "CrossSubnet"]),
    vxlanMode: choice(["Never", "Always", "CrossSubnet"]),
    natOutgoing: flag(),
    disabled: flag(),
    disableBGPExport: flag(),
    nodeSelector: text(),
    namespaceSelector: text(),
    allowedUses: list(choice(["Workload", "Tunnel", "LoadBalancer"]), { maxItems: 10, listType: "set" }),
    assignmentMode: choice(["Automatic", "Manual"], { default: "Automatic" }),
  },
  ["cidr"],
  {
    rules: [
      rule<PoolSpec>(
        `${isOff("ipipMode")} || ${isOff("vxlanMode")}`,
        "ipipMode and vxlanMode cannot both be enabled",
        ({ ipipMode, vxlanMode }) => !encapsulated(ipipMode) || !encapsulated(vxlanMode),
      ),
      rule<PoolSpec>(
        `!${isLoadBalancer} || (${isOff("ipipMode")} && ${isOff("vxlanMode")})`,
        "a LoadBalancer pool has no encapsulation",
        (spec) => !forLoadBalancer(spec) || (!encapsulated(spec.ipipMode) && !encapsulated(spec.vxlanMode)),
      ),
      rule<PoolSpec>(
        `!${isLoadBalancer} || self.allowedUses.size() == 1`,
        "LoadBalancer cannot be combined with other allowedUses",
        (spec) => !forLoadBalancer(spec) || spec.allowedUses?.length === 1,
      ),
      rule<PoolSpec>(
        `!self.cidr.contains(':') || ${isOff("ipipMode")}`,
        "IPIP is for IPv4 alone",
        ({ cidr, ipipMode }) => !cidr.includes(":") || !encapsulated(ipipMode),
      ),
    ],
  },
);

export const blockAffinitySpec: Schema = object(
  {
    cidr: cidr(),
    node: text(),
    state: choice(["", "confirmed", "pending", "pendingDeletion"]),
    deleted: flag({ default: false }),
    type: text(),
  },
  ["cidr", "node", "state", "deleted"],
);

/** crd.projectcalico.org/v1 writes `deleted` as text and requires less. */
export const blockAffinitySpecV1: Schema = object(
  {
    cidr: text(),
    node: text(),
    state: text(),
    deleted: text(),
    type: text(),
  },
  ["cidr", "node", "state"],
);

export const kind = (name: string, plural: string, spec: Schema, extra: Partial<CrdKind> = {}): CrdKind => ({
  group: "projectcalico.org",
  version: "v3",
  kind: name,
  plural,
  scope: "Cluster",
  spec,
  specRequired: true,
  ...extra,
});

export const calicoKinds: readonly CrdKind[] = [
  kind("BGPConfiguration", "bgpconfigurations", bgpConfigurationSpec, { shortNames: ["bgpconfig", "bgpconfigs"] }),
  kind("BGPPeer", "bgppeers", bgpPeerSpec),
  kind("BGPFilter", "bgpfilters", bgpFilterSpec),
  kind("IPPool", "ippools", ipPoolSpec, {
    shortNames: ["ipp"],
    status: object({
      conditions: list(
        object(
          {
            type: text({ maxLength: 316 }),
            status: choice(["True", "False", "Unknown"]),
            reason: text({ minLength: 1, maxLength: 1024 }),
            message: text({ maxLength: 32768 }),
            lastTransitionTime: text({ format: "date-time" }),
            observedGeneration: whole(0, undefined, { format: "int64" }),
          },
          ["type", "status", "reason", "message", "lastTransitionTime"],
        ),
      ),
    }),
  }),
  kind("BlockAffinity", "blockaffinities", blockAffinitySpec, { shortNames: ["affinity", "affinities"] }),
];
