/** MetalLB's kinds, metallb.io as 0.14 to 0.16 have them: fields, ranges and which release knows which field. */
import { labelSelector } from "./cilium";
import type { CrdKind } from "./crd";
import { durationSeconds } from "../duration";
import { choice, flag, list, object, text, whole, type Rule, type Schema } from "./schema";

const asn = (least: number) => whole(least, 4294967295, { format: "int64" });
const duration = () => text({ pattern: "^([0-9]+(\\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$|^0$" });
const selectors = () => list(labelSelector());

const peerSpec: Schema = object(
  {
    myASN: asn(0),
    peerASN: asn(0),
    dynamicASN: { ...choice(["internal", "external"]), since: "0.14.9" },
    localASN: { ...asn(1), since: "0.16" },
    peerAddress: text(),
    interface: { ...text(), since: "0.15" },
    sourceAddress: text(),
    peerPort: whole(1, 16384, { default: 179 }),
    holdTime: duration(),
    keepaliveTime: duration(),
    connectTime: { ...duration(), since: "0.14.3" },
    routerID: text(),
    nodeSelectors: selectors(),
    password: text(),
    passwordSecret: object({ name: text(), namespace: text() }),
    bfdProfile: text(),
    enableGracefulRestart: { ...flag(), since: "0.14.6" },
    ebgpMultiHop: flag(),
    vrf: text(),
    disableMP: { ...flag({ default: false }), since: "0.14.3" },
    dualStackAddressFamily: { ...flag({ default: false }), since: "0.15" },
  },
  ["myASN"],
);

const poolSpec: Schema = object(
  {
    addresses: list(text(), { minItems: 1 }),
    autoAssign: flag({ default: true }),
    avoidBuggyIPs: flag({ default: false }),
    serviceAllocation: object({
      priority: whole(0, undefined, { format: "int32" }),
      namespaces: list(text()),
      namespaceSelectors: selectors(),
      serviceSelectors: selectors(),
    }),
  },
  ["addresses"],
);

const advertisementSpec: Schema = object({
  aggregationLength: whole(1, undefined, { default: 32, format: "int32" }),
  aggregationLengthV6: whole(undefined, undefined, { default: 128, format: "int32" }),
  localPref: whole(0, 4294967295, { format: "int64" }),
  communities: list(text()),
  ipAddressPools: list(text()),
  ipAddressPoolSelectors: selectors(),
  nodeSelectors: selectors(),
  peers: list(text()),
  serviceSelectors: { ...selectors(), since: "0.16" },
});

const l2Spec: Schema = object({
  ipAddressPools: list(text()),
  ipAddressPoolSelectors: selectors(),
  nodeSelectors: selectors(),
  interfaces: list(text()),
  serviceSelectors: { ...selectors(), since: "0.16" },
});

const bfdSpec: Schema = object({
  receiveInterval: whole(10, 60000, { format: "int32" }),
  transmitInterval: whole(10, 60000, { format: "int32" }),
  detectMultiplier: whole(2, 255, { format: "int32" }),
  echoInterval: whole(10, 60000, { format: "int32" }),
  echoMode: flag(),
  passiveMode: flag(),
  minimumTtl: whole(1, 254, { format: "int32" }),
});

const communitySpec: Schema = object({ communities: list(object({ name: text(), value: text() })) });

const frrBfdProfile: Schema = object({ name: text(), ...bfdSpec.properties }, ["name"]);

const allowed = (prefixes: Schema) => object({ prefixes, mode: choice(["all", "filtered"], { default: "filtered" }) });
const wholeSeconds: readonly Rule[] = [
  {
    cel: "duration(self).getSeconds() >= 1 && duration(self).getSeconds() <= 65535",
    message: "connect time should be between 1 seconds to 65535",
    holds: (time: string) => inSeconds(time, (seconds) => seconds >= 1 && seconds <= 65535),
  },
  {
    cel: "duration(self).getMilliseconds() % 1000 == 0",
    message: "connect time should contain a whole number of seconds",
    holds: (time: string) => inSeconds(time, Number.isInteger),
  },
];
const inSeconds = (time: string, test: (seconds: number) => boolean): boolean => {
  const seconds = durationSeconds(time);
  return seconds !== undefined && test(seconds);
};
/**
 * frr-k8s 0.0.20, config/crd/bases. Its ASNs there have a format of 32 bits with a sign beside a maximum beyond that, which
 * kube-apiserver 1.36 refuses in every object: without the format here, as in MetalLB's kinds.
 */
const frrSpec: Schema = object({
  bgp: object({
    routers: list(
      object(
        {
          asn: asn(0),
          id: text(),
          vrf: text(),
          prefixes: list(text()),
          neighbors: list(
            object({
              asn: asn(0),
              dynamicASN: choice(["internal", "external"]),
              localASN: asn(0),
              address: text(),
              interface: text(),
              sourceaddress: text(),
              port: whole(0, 16384),
              password: text(),
              passwordSecret: object({ name: text(), namespace: text() }),
              holdTime: text(),
              keepaliveTime: text(),
              connectTime: text({ rules: wholeSeconds }),
              ebgpMultiHop: flag(),
              bfdProfile: text(),
              enableGracefulRestart: flag(),
              disableMP: flag({ default: false }),
              dualStackAddressFamily: flag({ default: false }),
              addressFamilies: list(text()),
              toAdvertise: object({
                allowed: allowed(list(text())),
                nextHop: text(),
                withLocalPref: list(
                  object({ prefixes: list(text()), localPref: whole(undefined, undefined, { format: "int32" }) }),
                ),
                withCommunity: list(object({ prefixes: list(text()), community: text() })),
              }),
              toReceive: object({
                allowed: allowed(
                  list(
                    object({
                      prefix: text({ format: "cidr" }),
                      le: whole(1, 128, { format: "int32" }),
                      ge: whole(1, 128, { format: "int32" }),
                    }),
                  ),
                ),
              }),
            }),
          ),
          imports: list(object({ vrf: text() })),
          evpn: object({}, [], { open: true }),
        },
        ["asn"],
      ),
    ),
    bfdProfiles: list(frrBfdProfile),
  }),
  raw: object({ priority: whole(), rawConfig: text() }),
  nodeSelector: labelSelector(),
});

/** frr-k8s' own kind: the reading takes it; it is not among MetalLB's definitions. */
export const frrConfigurationKind: CrdKind = {
  group: "frrk8s.metallb.io",
  version: "v1beta1",
  kind: "FRRConfiguration",
  plural: "frrconfigurations",
  scope: "Namespaced",
  spec: frrSpec,
};

const poolStatus: Schema = object({
  assignedIPv4: whole(0, undefined, { format: "int64" }),
  assignedIPv6: whole(0, undefined, { format: "int64" }),
  availableIPv4: whole(0, undefined, { format: "int64" }),
  availableIPv6: whole(0, undefined, { format: "int64" }),
});

const serviceStatus = (more: Readonly<Record<string, Schema>>): Schema =>
  object({ node: text(), serviceName: text(), serviceNamespace: text(), ...more });

const kind = (name: string, plural: string, spec: Schema, extra: Partial<CrdKind> = {}): CrdKind => ({
  group: "metallb.io",
  version: "v1beta1",
  kind: name,
  plural,
  scope: "Namespaced",
  spec,
  ...extra,
});

export const metallbKinds: readonly CrdKind[] = [
  // Its programs start only where the old version is served too (0.15.2: their caches name it).
  kind("BGPPeer", "bgppeers", peerSpec, { version: "v1beta2", alsoServed: ["v1beta1"], specRequired: true }),
  kind("IPAddressPool", "ipaddresspools", poolSpec, { specRequired: true, status: poolStatus }),
  kind("BGPAdvertisement", "bgpadvertisements", advertisementSpec),
  kind("L2Advertisement", "l2advertisements", l2Spec),
  kind("BFDProfile", "bfdprofiles", bfdSpec),
  kind("Community", "communities", communitySpec),
];

const frrKind = (name: string, plural: string, extra: Partial<CrdKind>): CrdKind => ({
  group: "frrk8s.metallb.io",
  version: "v1beta1",
  kind: name,
  plural,
  scope: "Namespaced",
  spec: object({}),
  ...extra,
});

const SERVICE_COLUMNS = { "Service Name": ".status.serviceName", "Service Namespace": ".status.serviceNamespace" };

/** What running MetalLB and frr-k8s write by themselves: nobody's intent, and no reading starts from it. */
export const metallbRunKinds: readonly CrdKind[] = [
  kind("ServiceBGPStatus", "servicebgpstatuses", object({}), {
    status: serviceStatus({ peers: list(text()) }),
    columns: { Node: ".status.node", ...SERVICE_COLUMNS },
  }),
  kind("ServiceL2Status", "servicel2statuses", object({}), {
    status: serviceStatus({ interfaces: list(object({ name: text() })) }),
    columns: { "Allocated Node": ".status.node", ...SERVICE_COLUMNS },
  }),
  frrConfigurationKind,
  frrKind("BGPSessionState", "bgpsessionstates", {
    status: object({ bfdStatus: text(), bgpStatus: text(), node: text(), peer: text(), vrf: text() }),
    columns: {
      Node: ".status.node",
      Peer: ".status.peer",
      VRF: ".status.vrf",
      BGP: ".status.bgpStatus",
      BFD: ".status.bfdStatus",
    },
  }),
  frrKind("FRRNodeState", "frrnodestates", {
    scope: "Cluster",
    status: object({ lastConversionResult: text(), lastReloadResult: text(), runningConfig: text() }),
  }),
];
