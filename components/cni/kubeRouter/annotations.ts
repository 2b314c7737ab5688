/** What kube-router reads from a node's annotations, once, when its BGP starts (2.8 to 2.11). */
import { parse } from "yaml";
import { parseAddress, type Address } from "../../model/address";
import { parseAsn } from "../../model/asn";
import { parsePrefix, type Prefix } from "../../model/prefix";
import type { Node } from "../objects";
import type { Report } from "../reading";

export interface ExternalPeer {
  address: Address;
  asn: number;
  port?: number;
  localAddress?: string;
  /** Is there a password? Its value is not looked at. */
  password: boolean;
  bfd?: { minimumInterval?: number; multiplier?: number };
}

export interface NodeAnnotations {
  asn?: number;
  /** Cluster id of a server or client. */
  server?: string;
  client?: string;
  peers: ExternalPeer[];
  prepend: number[];
  communities: string[];
  importReject: Prefix[];
  podCidrs: Prefix[];
}

export const PREFIX = "kube-router.io/";

export function readAnnotations(node: Node, report: Report): NodeAnnotations {
  const value = (key: string): string | undefined => node.metadata.annotations?.[PREFIX + key];
  const refuse = (key: string, sentence: string, fix: string) =>
    report("annotation", "error", node, `metadata.annotations["${PREFIX}${key}"]`, sentence, fix);
  const commas = (key: string) =>
    (value(key) ?? "")
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "");
  const cidrs = (key: string) =>
    commas(key).flatMap((text) => {
      const prefix = parsePrefix(text);
      if (!prefix.ok) refuse(key, `"${text}" is not a CIDR`, "correct it");
      return prefix.ok ? [prefix.value] : [];
    });
  const own = value("node.asn");
  const asn = own === undefined ? undefined : parseAsn(own);
  if (asn?.ok === false) refuse("node.asn", `"${own ?? ""}" is not an ASN`, "correct it");
  const prependAs = value("path-prepend.as");
  const times = Number(value("path-prepend.repeat-n") ?? Number.NaN);
  const prepended = prependAs === undefined ? undefined : parseAsn(prependAs);
  if ((prependAs === undefined) !== Number.isNaN(times) || prepended?.ok === false || times < 0 || times > 100) {
    refuse("path-prepend.as", "path-prepend.as and path-prepend.repeat-n need an ASN and a number", "set both");
  }
  const { podCIDR, podCIDRs } = node.spec ?? {};
  const annotated = [...cidrs("pod-cidrs"), ...cidrs("pod-cidr")];
  const server = value("rr.server");
  const client = value("rr.client");
  if (server !== undefined && client !== undefined) {
    refuse("rr.client", "rr.server and rr.client stand on one node: the server wins", "remove one of them");
  }
  return {
    ...(asn?.ok === true ? { asn: asn.value } : {}),
    ...(server === undefined ? {} : { server: clusterId(server) }),
    ...(server !== undefined || client === undefined ? {} : { client: clusterId(client) }),
    peers:
      value("peers") === undefined ? commaPeers(value, refuse, node, report) : yamlPeers(value("peers") ?? "", refuse),
    prepend: prepended?.ok === true && times > 0 && times <= 100 ? Array<number>(times).fill(prepended.value) : [],
    communities: commas("node.bgp.communities"),
    importReject: cidrs("node.bgp.customimportreject"),
    podCidrs:
      annotated.length > 0
        ? annotated
        : (podCIDRs ?? (podCIDR === undefined ? [] : [podCIDR])).flatMap((text) => {
            const prefix = parsePrefix(text);
            return prefix.ok ? [prefix.value] : [];
          }),
  };
}

/** A number or an IPv4 address: one and the same 32 bits. */
function clusterId(text: string): string {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 4294967295) return text;
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}

type Refuse = (key: string, sentence: string, fix: string) => void;

function yamlPeers(text: string, refuse: Refuse): ExternalPeer[] {
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 0, logLevel: "error" });
  } catch {
    value = undefined;
  }
  if (!Array.isArray(value)) {
    refuse("peers", "it is not a YAML list: the node gets no external peer", "write a list of {remoteip, remoteasn}");
    return [];
  }
  return value.flatMap((one: unknown, i) => {
    const entry = (typeof one === "object" && one !== null ? one : {}) as Record<string, unknown>;
    const { remoteip, remoteasn, localip, port, password, bfd } = entry;
    const peer = makePeer(remoteip, remoteasn, port, localip);
    if (peer === undefined) {
      refuse("peers", `entry ${i} has no valid remoteip and remoteasn: no external peer is configured`, "correct it");
      return [];
    }
    return [{ ...peer, password: password !== undefined && password !== "", ...bfdOf(bfd) }];
  });
}

function bfdOf(value: unknown): Pick<ExternalPeer, "bfd"> {
  if (typeof value !== "object" || value === null) return {};
  const { enabled, detection_multiplier, required_min_rx_interval } = value as Record<string, unknown>;
  if (enabled !== true) return {};
  return {
    bfd: {
      ...(typeof required_min_rx_interval === "number" ? { minimumInterval: required_min_rx_interval } : {}),
      ...(typeof detection_multiplier === "number" ? { multiplier: detection_multiplier } : {}),
    },
  };
}

function commaPeers(
  value: (key: string) => string | undefined,
  refuse: Refuse,
  node: Node,
  report: Report,
): ExternalPeer[] {
  const list = (key: string) =>
    value(key)
      ?.split(",")
      .map((part) => part.trim());
  const ips = list("peer.ips");
  if (ips === undefined) return [];
  report(
    "annotation-deprecated",
    "info",
    node,
    `metadata.annotations["${PREFIX}peer.ips"]`,
    "the peer.* annotations are deprecated since 2.10",
    "use kube-router.io/peers, a YAML list",
  );
  const asns = list("peer.asns") ?? [];
  const ports = list("peer.ports");
  const locals = list("peer.localips");
  const passwords = list("peer.passwords");
  const lengths = [asns, ports, locals, passwords].filter((each) => each !== undefined).map((each) => each.length);
  if (lengths.some((length) => length !== ips.length)) {
    refuse(
      "peer.ips",
      "the peer.* lists have different lengths: the node's BGP does not start",
      "give each peer an entry in every list",
    );
    return [];
  }
  return ips.flatMap((ip, i) => {
    const peer = makePeer(ip, asns[i], ports?.[i], locals?.[i]);
    if (peer === undefined) refuse("peer.ips", `"${ip}" with the ASN "${asns[i] ?? ""}" is no peer`, "correct it");
    return peer === undefined ? [] : [{ ...peer, password: (passwords?.[i] ?? "") !== "" }];
  });
}

function makePeer(
  ip: unknown,
  asn: unknown,
  port: unknown,
  local: unknown,
): Omit<ExternalPeer, "password"> | undefined {
  const address = parseAddress(typeof ip === "string" ? ip : "");
  const number = parseAsn(typeof asn === "number" || typeof asn === "string" ? asn : "");
  if (!address.ok || !number.ok) return undefined;
  const at = Number(port ?? "");
  return {
    address: address.value,
    asn: number.value,
    ...(at > 0 && at <= 65535 && at !== 179 ? { port: at } : {}),
    ...(typeof local === "string" && local !== "" ? { localAddress: local } : {}),
  };
}
