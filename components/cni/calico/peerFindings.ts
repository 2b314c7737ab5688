/** What is wrong with single BGPPeers, and with two that name one neighbor. */
import { isReserved } from "../../model/asn";
import { keysMatchedByAbsence, parseCalicoSelector } from "./selector";
import { parseAddress } from "../../model/address";
import { durationSeconds } from "../duration";
import { nameSome } from "../finding";
import type { KubernetesObject } from "../objects";
import type { Report } from "../reading";
import type { Checked } from "./checked";
import type { CalicoNode } from "./nodes";
import { sameSettings, splitPeer, type Collision } from "./peers";
import { secretState, type SessionInputs } from "./sessions";
import type { BgpPeer, SecretRef } from "./types";

export function checkPeer(peer: BgpPeer, checked: Checked, report: Report): void {
  const { spec } = peer;
  const { calico, nodes, peers, inputs } = checked;
  const chosen = peers.chosen.get(peer);
  checkSelector(peer, "nodeSelector", spec.nodeSelector, nodes, chosen?.local, report);
  checkSelector(peer, "peerSelector", spec.peerSelector, nodes, chosen?.remote, report);
  const { node = "" } = spec;
  if (node !== "" && !nodes.some(({ name }) => name === node)) {
    report("selector-matches-nothing", "error", peer, "spec.node", `there is no node ${node}`, "correct the name");
  }
  const peerIp = spec.peerIP ?? "";
  const target = splitPeer(peerIp);
  if (peerIp !== "" && target === undefined) {
    report(
      "peer-address",
      "error",
      peer,
      "spec.peerIP",
      `"${peerIp}" is not an address: no session comes of it`,
      'write "10.0.0.1", "10.0.0.1:1179" or "[2001:db8::1]:179"',
    );
  }
  if (peerIp !== "" && (spec.asNumber ?? 0) === 0) {
    report(
      "peer-without-asn",
      "error",
      peer,
      "spec.asNumber",
      "BIRD refuses its whole configuration for a neighbor without an ASN: every node that this peer reaches keeps the old one",
      "set asNumber",
    );
  } else if (spec.asNumber !== undefined && isReserved(spec.asNumber) && spec.asNumber !== 0) {
    report("asn-reserved", "error", peer, "spec.asNumber", `no speaker may use ${spec.asNumber}`, "correct the ASN");
  }
  if (peerIp === "" && (spec.peerSelector ?? "") === "" && (spec.localWorkloadSelector ?? "") === "") {
    report("peer-without-target", "error", peer, "spec", "it names no peer", "set peerIP or peerSelector");
  }
  if ((spec.localWorkloadSelector ?? "") !== "") {
    report(
      "workload-peers",
      "info",
      peer,
      "spec.localWorkloadSelector",
      "sessions with workloads depend on which pods run where: they are not forecast",
      "look at them on the nodes",
    );
  }
  if (spec.reachableBy !== undefined && spec.reachableBy !== "") {
    const gateway = parseAddress(spec.reachableBy);
    if (!gateway.ok || target === undefined || gateway.value.includes(":") !== target.address.includes(":")) {
      report(
        "reachable-by",
        "error",
        peer,
        "spec.reachableBy",
        "it must be an address of the family of peerIP: Calico leaves the peer out",
        "correct the gateway's address",
      );
    }
  }
  if (spec.keepOriginalNextHop === true && spec.nextHopMode !== undefined) {
    report(
      "next-hop-twice",
      "error",
      peer,
      "spec.keepOriginalNextHop",
      "keepOriginalNextHop and nextHopMode exclude each other; nextHopMode holds",
      "remove keepOriginalNextHop",
    );
  } else if (spec.keepOriginalNextHop !== undefined) {
    report(
      "deprecated",
      "info",
      peer,
      "spec.keepOriginalNextHop",
      "keepOriginalNextHop is deprecated, and works for eBGP alone",
      "use nextHopMode: Keep",
    );
  }
  for (const field of ["localASNumber", "numAllowedLocalASNumbers"] as const) {
    if (spec[field] === undefined || (spec.peerSelector ?? "") === "") continue;
    report(
      "peer-field-ignored",
      "error",
      peer,
      `spec.${field}`,
      `${field} has no effect with peerSelector`,
      "remove it",
    );
  }
  (spec.filters ?? []).forEach((name, i) => {
    if (calico.filters.has(name)) return;
    report(
      "filter-missing",
      "error",
      peer,
      `spec.filters[${i}]`,
      `there is no BGPFilter ${name}: the session works without it, and nothing is filtered`,
      "create the filter before the peer, or correct its name",
    );
  });
  checkSecret(spec.password, peer, "spec.password", inputs, report);
  checkDuration(spec.maxRestartTime, peer, "spec.maxRestartTime", report);
  checkDuration(spec.keepaliveTime, peer, "spec.keepaliveTime", report);
}

function checkSelector(
  peer: BgpPeer,
  field: "nodeSelector" | "peerSelector",
  text: string | undefined,
  nodes: readonly CalicoNode[],
  chosen: number | undefined,
  report: Report,
): void {
  if (text === undefined || text === "") return;
  const path = `spec.${field}`;
  const selector = parseCalicoSelector(text);
  if (!selector.ok) {
    const { expected = "", column, fix } = selector.faults[0] ?? {};
    const at = column === undefined ? "" : ` at character ${column}`;
    report(
      "selector-syntax",
      "error",
      peer,
      path,
      `"${text}" cannot be read${at}: expected ${expected}; no session comes of it`,
      fix ?? "correct the selector",
    );
    return;
  }
  if (nodes.length === 0) return;
  if (chosen === 0) {
    report(
      "selector-matches-nothing",
      "warning",
      peer,
      path,
      `${text} matches none of the ${nodes.length} nodes: no session comes of it`,
      "label the nodes, or correct the selector",
    );
    return;
  }
  const absent = keysMatchedByAbsence(selector.value).filter((key) =>
    nodes.every(({ labels }) => labels[key] === undefined),
  );
  if (absent.length > 0) {
    report(
      "selector-holds-by-absence",
      "info",
      peer,
      path,
      `no node has the label ${nameSome(absent)}: ${text} holds because it is missing`,
      "nothing, if that is meant: !=, not in and !has hold for nodes without the label",
    );
  }
}

export function checkSecret(
  ref: SecretRef | undefined,
  object: KubernetesObject | string,
  path: string,
  inputs: SessionInputs,
  report: Report,
): void {
  if (secretState(ref, inputs) !== "missing") return;
  const { name = "", key = "" } = ref?.secretKeyRef ?? {};
  report(
    "secret-missing",
    "error",
    object,
    path,
    `there is no secret ${name} with the key ${key} in ${inputs.secretsNamespace}: the session is dialled without a password`,
    `create it in ${inputs.secretsNamespace}, where calico-node runs`,
  );
}

export function checkDuration(
  text: string | undefined,
  object: KubernetesObject | string,
  path: string,
  report: Report,
): void {
  if (text === undefined || durationSeconds(text) !== undefined) return;
  report("duration", "error", object, path, `"${text}" is not a duration`, 'write it as "120s"');
}

export function checkCollisions({ peers }: Checked, report: Report): void {
  const pairs = new Map<string, { collision: Collision; nodes: string[] }>();
  for (const collision of peers.collisions) {
    const { kept, dropped } = collision;
    // What the reverse pass leaves out because a BGPPeer says it outright is how it should be.
    if (dropped.pass === "reverse" && sameSettings(kept, dropped)) continue;
    const key = [kept.by.metadata.name, dropped.by.metadata.name].sort().join(" ");
    const known = pairs.get(key);
    if (known === undefined) pairs.set(key, { collision, nodes: [collision.node ?? "every node"] });
    else if (!known.nodes.includes(collision.node ?? "every node")) known.nodes.push(collision.node ?? "every node");
  }
  for (const { collision, nodes } of pairs.values()) {
    const { kept, dropped } = collision;
    const where = `${kept.address} on ${nameSome(nodes)}`;
    const object = dropped.by;
    const other = kept.by.metadata.name;
    const alike = sameSettings(kept, dropped);
    if (kept.pass === dropped.pass && !alike) {
      report(
        "two-peers-for-one-neighbor",
        "error",
        object,
        "spec",
        `it and BGPPeer ${other} both name ${where} and differ: which of them holds is random`,
        "keep one of them, or select different nodes",
      );
    } else {
      report(
        "two-peers-for-one-neighbor",
        alike ? "info" : "warning",
        object,
        "spec",
        alike
          ? `it and BGPPeer ${other} both name ${where}, with the same settings`
          : `BGPPeer ${other} names ${where} too and comes first: what this one says of it has no effect`,
        "keep one of them, or select different nodes",
      );
    }
  }
}
