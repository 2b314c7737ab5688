/**
 * From an intent to MetalLB's objects: BGPPeers with their BFDProfiles, IPAddressPools with their BGPAdvertisements.
 * Checked by reading them back: MetalLB refuses everything for one object that is wrong.
 */
import { ok, type Fault, type Result } from "../../model/errors";
import type { NodeMark, WriteOptions, Written } from "../cni";
import type { ClusterIntent, Peering, Pool } from "../intent";
import { intentFaults, pathsUnder } from "../intentFaults";
import { labelSelectorOf } from "../nodeSets";
import { nameOf, type Resource } from "../objects";
import { faultsOf } from "../readBack";
import { USUAL } from "./versions";
import { metallbFaults } from "./cannot";
import { readMetallb } from "./index";
import { type MetallbOptions, NAMESPACE, modeOf } from "./options";
import type { AdvertisementSpec, BfdSpec, PeerSpec, PoolSpec } from "./types";

export function writeMetallb(intent: ClusterIntent, options: WriteOptions = {}): Result<Written> {
  const at = pathsUnder(options.path);
  const version = options.version ?? USUAL;
  const settings = (options.settings ?? {}) as MetallbOptions;
  const namespace = settings.namespace ?? NAMESPACE;
  const asn = intent.asn ?? options.asn;
  const faults: Fault[] = [
    ...intentFaults(intent, options),
    ...metallbFaults(intent, { asn, mode: modeOf(settings, version) }, at),
  ];
  if (faults.length > 0) return { ok: false, faults };
  const names = new Map<string, string>();
  const own: Resource<object>[] = [];
  const add = <Spec extends object>(kind: string, name: string, spec: Spec, argument: string) => {
    const group = `metallb.io/${kind === "BGPPeer" ? "v1beta2" : "v1beta1"}`;
    const object = { apiVersion: group, kind, metadata: { name, namespace }, spec };
    names.set(nameOf(object), at(argument));
    own.push(object);
  };
  (intent.peerings ?? []).forEach((peering, i) => {
    add("BGPPeer", peering.name, peerSpec(peering, peering.localAsn ?? asn ?? 0), `peerings[${i}]`);
    if (peering.bfd !== undefined) add("BFDProfile", peering.name, bfdSpec(peering.bfd), `peerings[${i}].bfd`);
  });
  (intent.pools ?? []).forEach((pool, i) => {
    add("IPAddressPool", pool.name, poolSpec(pool), `pools[${i}]`);
    if (pool.advertise === undefined) return;
    add("BGPAdvertisement", pool.name, advertisementSpec(pool, pool.advertise), `pools[${i}].advertise`);
  });
  const { findings } = readMetallb({ nodes: [], resources: own }, { ...settings, version, namespace });
  // A name that stands for nothing is a mistake where all names are at hand.
  const missing = findings.map((one) =>
    one.id === "metallb/reference-missing" && options.part !== true ? { ...one, severity: "error" as const } : one,
  );
  const refused = faultsOf(missing, names);
  if (refused.length > 0) return { ok: false, faults: refused };
  const nodes = Object.entries(intent.nodes ?? {}).flatMap(([name, { labels = {} }]): NodeMark[] =>
    Object.keys(labels).length === 0 ? [] : [{ name, labels, annotations: {} }],
  );
  return ok({ own, shared: [], nodes, sharedNodes: [], settings: options.settings ?? {} });
}

function peerSpec(peering: Peering, asn: number): PeerSpec {
  const { to, timers = {}, password } = peering;
  const v6 = "address" in to && to.address.includes(":");
  const both = peering.families?.some((family) => family !== (v6 ? "ipv6" : "ipv4")) === true && !("interface" in to);
  return {
    myASN: asn,
    ...(typeof peering.asn === "number"
      ? { peerASN: peering.asn }
      : peering.asn === "internal" || peering.asn === "external"
        ? { dynamicASN: peering.asn }
        : {}),
    ...("address" in to ? { peerAddress: to.address } : {}),
    ...("interface" in to ? { interface: to.interface } : {}),
    ...(peering.nodes === undefined ? {} : { nodeSelectors: [labelSelectorOf(peering.nodes)] }),
    ...("address" in to && to.port !== undefined ? { peerPort: to.port } : {}),
    ...(password === undefined ? {} : { passwordSecret: { name: password.secret } }),
    ...(timers.hold === undefined ? {} : { holdTime: `${timers.hold}s` }),
    ...(timers.keepalive === undefined ? {} : { keepaliveTime: `${timers.keepalive}s` }),
    ...(timers.connectRetry === undefined ? {} : { connectTime: `${timers.connectRetry}s` }),
    ...(peering.multihop === undefined ? {} : { ebgpMultiHop: true }),
    ...(peering.bfd === undefined ? {} : { bfdProfile: peering.name }),
    ...(peering.gracefulRestart === undefined ? {} : { enableGracefulRestart: true }),
    ...(both ? { dualStackAddressFamily: true } : {}),
  };
}

function bfdSpec({ receive, transmit, multiplier }: NonNullable<Peering["bfd"]>): BfdSpec {
  return {
    ...(receive === undefined ? {} : { receiveInterval: receive }),
    ...(transmit === undefined ? {} : { transmitInterval: transmit }),
    ...(multiplier === undefined ? {} : { detectMultiplier: multiplier }),
  };
}

function poolSpec({ ranges, autoAssign, services }: Pool): PoolSpec {
  return {
    addresses: [...ranges],
    ...(autoAssign === undefined ? {} : { autoAssign }),
    ...(services === undefined ? {} : { serviceAllocation: { serviceSelectors: [services] } }),
  };
}

/** By the pool's name, so that the pool's own part says all of it. */
function advertisementSpec(pool: Pool, how: NonNullable<Pool["advertise"]>): AdvertisementSpec {
  const { lengths = {}, localPreference, communities, nodes, peers } = how;
  return {
    ...(lengths.ipv4 === undefined ? {} : { aggregationLength: lengths.ipv4 }),
    ...(lengths.ipv6 === undefined ? {} : { aggregationLengthV6: lengths.ipv6 }),
    ...(localPreference === undefined ? {} : { localPref: localPreference }),
    ...(communities === undefined
      ? {}
      : { communities: communities.map((text) => (text.split(":").length === 3 ? `large:${text}` : text)) }),
    ipAddressPools: [pool.name],
    ...(nodes === undefined ? {} : { nodeSelectors: [labelSelectorOf(nodes)] }),
    ...(peers === undefined ? {} : { peers: [...peers] }),
  };
}
