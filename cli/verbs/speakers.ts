/** `speakers`: what each node of a cluster will do, from its manifests alone. */
import type { Match, Neighbor, PrefixMatch, Speaker } from "../../components/bgp/network";
import { containsPrefix, prefixLength, type Prefix } from "../../components/model/prefix";
import { findingRows } from "../findings";
import type { Gathered } from "../gather";
import { count, faint, table, title } from "../print";
import type { Said } from "../said";

export function speakersVerb({ network, findings }: Gathered): Said {
  return {
    text: [...network.speakers.flatMap(speakerLines), ...findingRows(findings)].join("\n").trimStart(),
    json: { speakers: network.speakers, segments: network.segments, findings },
    findings: findings.some((finding) => finding.severity !== "info"),
  };
}

function speakerLines(speaker: Speaker): string[] {
  const { system, version } = speaker.dialect;
  const statics = (speaker.routes ?? []).filter((route) => route.blackhole === true).map((route) => route.prefix);
  const listening = (speaker.listen ?? []).map((range) => `${range.prefix} as ${range.group}`);
  return [
    "",
    title(`${speaker.name}  AS ${speaker.asn}  router id ${speaker.routerId}  ${system} ${version}`),
    statics.length > 0 ? `originates ${statics.join(", ")}` : faint("originates nothing of its own"),
    ...(listening.length > 0 ? [`accepts ${listening.join(", ")}`] : []),
    ...(speaker.neighbors.length === 0
      ? [faint("no sessions")]
      : [
          table(
            ["neighbor", "AS", "role", "parameters", "accepts", "exports"],
            speaker.neighbors.map((neighbor) => [
              neighbor.address ?? neighbor.interface ?? "",
              String(neighbor.remoteAs ?? ""),
              neighbor.role ?? "",
              parameters(neighbor),
              policyText(speaker, neighbor, "importPolicy"),
              policyText(speaker, neighbor, "exportPolicy"),
            ]),
          ),
          count(speaker.neighbors.length, "session"),
        ]),
  ];
}

function parameters(neighbor: Neighbor): string {
  const family = neighbor.families?.ipv4 ?? neighbor.families?.ipv6;
  const { timers } = neighbor;
  return [
    neighbor.localAddress === undefined ? "" : `from ${neighbor.localAddress}`,
    neighbor.port === undefined ? "" : `port ${neighbor.port}`,
    neighbor.localAs === undefined ? "" : `local AS ${neighbor.localAs.asn}`,
    neighbor.passive === true ? "passive" : "",
    neighbor.multihop === undefined ? "" : `multihop ${neighbor.multihop}`,
    neighbor.ttlSecurity === undefined ? "" : `TTL security ${neighbor.ttlSecurity}`,
    neighbor.password === undefined ? "" : `password ${neighbor.password}`,
    timers?.hold === undefined ? "" : `hold ${timers.hold}`,
    timers?.keepalive === undefined ? "" : `keepalive ${timers.keepalive}`,
    neighbor.gracefulRestart === undefined
      ? ""
      : `graceful restart ${neighbor.gracefulRestart.restartTime ?? neighbor.gracefulRestart.mode}`,
    family?.reflectorClient === true ? "reflector client" : "",
    family?.nextHopSelf === undefined ? "" : "next hop self",
    family?.nextHopUnchanged === true ? "next hop kept" : "",
    family?.allowAsIn === undefined ? "" : `own AS ${family.allowAsIn} times`,
    family?.addPath === undefined ? "" : "add paths",
  ]
    .filter((part) => part !== "")
    .join(", ");
}

function policyText(speaker: Speaker, neighbor: Neighbor, field: "importPolicy" | "exportPolicy"): string {
  const name = neighbor.families?.ipv4?.[field] ?? neighbor.families?.ipv6?.[field];
  if (name === undefined) return "everything";
  const policy = speaker.policies?.[name];
  if (policy === undefined) return `${name} (not defined)`;
  const accepted: string[] = [];
  const refused: PrefixMatch[] = [];
  for (const term of policy.terms) {
    const prefixes = term.match === undefined || isPlain(term.match) ? (term.match?.prefixes ?? []) : undefined;
    if (term.action === "reject" && prefixes !== undefined) refused.push(...prefixes);
    if (term.action !== "accept") continue;
    if (term.match === undefined) accepted.push("everything else");
    else
      accepted.push(
        ...(term.match.prefixes ?? []).map((each) => each.prefix).filter((each) => !covered(each, refused)),
      );
  }
  if (policy.otherwise === "accept") accepted.push("everything else");
  return accepted.length === 0 ? "nothing" : [...new Set(accepted)].join(", ");
}

/** Only prefixes decide: such a term can be told without knowing the route. */
const isPlain = (match: Match): boolean => Object.keys(match).every((key) => key === "prefixes");

/** An earlier term has refused this prefix already. */
function covered(prefix: string, refused: readonly PrefixMatch[]): boolean {
  const length = prefixLength(prefix as Prefix);
  return refused.some((each) => {
    if (!containsPrefix(each.prefix as Prefix, prefix as Prefix)) return false;
    const own = prefixLength(each.prefix as Prefix);
    const most = each.le ?? (each.ge === undefined ? own : 128);
    return length >= (each.ge ?? own) && length <= most;
  });
}
