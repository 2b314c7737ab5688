/** `speakers`: what each router and node will do, from its configuration alone. */
import type { Speaker } from "../../components/bgp/network";
import { ok, type Result } from "../../components/model/errors";
import { some } from "../doubts";
import { choose, type Filters } from "../filters";
import { findingRows } from "../findings";
import type { Gathered } from "../gather";
import { careful, count, faint, table, title } from "../print";
import { inOrder } from "../routeTables";
import type { Said } from "../said";
import { parametersOf, policyWords, wholeNeighbor } from "../speakerWords";

export function speakersVerb({ network, findings }: Gathered, options: Pick<Filters, "speaker" | "all">): Result<Said> {
  const chosen = choose([network], options);
  if (!chosen.ok) return chosen;
  const speakers = network.speakers.filter(({ name }) => chosen.value.speaker(name));
  return ok({
    text: [...inOrder(speakers).flatMap(speakerLines), ...findingRows(findings, options.all === true)]
      .join("\n")
      .trimStart(),
    json: { speakers, segments: network.segments, findings },
    findings: findings.some((finding) => finding.severity !== "info"),
  });
}

function speakerLines(speaker: Speaker): string[] {
  const { system, version } = speaker.dialect;
  const own = originates(speaker);
  const listening = (speaker.listen ?? []).map(({ prefix, group }) => {
    const { asn, parameters, imports, exports } = wholeNeighbor(speaker, { group });
    const words = [
      asn === "" ? "" : `AS ${asn}`,
      ...parametersOf(parameters),
      `accepts ${imports}`,
      `exports ${exports}`,
    ];
    return `listens on ${prefix} as ${group}: ${words.filter((word) => word !== "").join(", ")}`;
  });
  const open = (speaker.unmodelled ?? []).map(({ what, source }) => {
    const place = [source?.file, source?.line].filter((part) => part !== undefined).join(":");
    return place === "" ? what : `${what} (${place})`;
  });
  return [
    "",
    title(`${speaker.name}  AS ${speaker.asn}  router id ${speaker.routerId}  ${system} ${version}`),
    own.length > 0 ? `originates ${own.join(", ")}` : faint("originates nothing of its own"),
    ...listening,
    ...(speaker.neighbors.length === 0
      ? listening.length === 0
        ? [faint("no sessions")]
        : []
      : neighborLines(speaker)),
    ...(open.length > 0 ? [careful(`not modelled: ${some(open, 5)}`)] : []),
  ];
}

function neighborLines(speaker: Speaker): string[] {
  const rows = speaker.neighbors.map((neighbor) => {
    const { asn, parameters, imports, exports } = wholeNeighbor(speaker, neighbor);
    const name = neighbor.address ?? neighbor.interface ?? "";
    return [name, asn, neighbor.role ?? "", parametersOf(parameters).join(", "), imports, exports];
  });
  return [
    table(["neighbor", "AS", "role", "parameters", "accepts", "exports"], rows),
    count(speaker.neighbors.length, "session"),
  ];
}

/** What it announces of its own: statements of BGP, and blackhole routes that its policies let out. */
function originates(speaker: Speaker): string[] {
  const statements = (speaker.originate ?? []).map((each) => {
    const policy = each.policy === undefined ? "" : ` (${policyWords(speaker, each.policy)})`;
    if (each.kind === "redistribute") return `${each.from} routes${policy}`;
    return each.kind === "aggregate" ? `aggregate ${each.prefix}${policy}` : `${each.prefix}${policy}`;
  });
  const routes = (speaker.routes ?? []).filter((route) => route.blackhole === true).map((route) => route.prefix);
  // Of a BIRD the redistributions say where its export filters look: its own routes are the answer.
  return speaker.dialect.system === "bird" ? [...new Set(routes)] : [...new Set(statements)];
}
