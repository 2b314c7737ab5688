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
    text: [
      ...inOrder(speakers).flatMap((one) => speakerLines(one, options.all === true)),
      ...findingRows(findings, options.all === true),
    ]
      .join("\n")
      .trimStart(),
    json: { speakers, segments: network.segments, findings },
    findings: findings.some((finding) => finding.severity !== "info"),
  });
}

function speakerLines(speaker: Speaker, all: boolean): string[] {
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
      : neighborLines(speaker, all)),
    ...(all ? open : open.length > 0 ? [some(open, 5)] : []).map((words) => careful(`not modelled: ${words}`)),
  ];
}

/** Neighbors that differ in their address alone share a row when there are more than so many. */
const MANY = 4;

function neighborLines(speaker: Speaker, all: boolean): string[] {
  const groups = new Map<string, { names: string[]; row: string[] }>();
  for (const [index, neighbor] of speaker.neighbors.entries()) {
    const { asn, parameters, imports, exports } = wholeNeighbor(speaker, neighbor);
    const row = [asn, neighbor.role ?? "", parametersOf(parameters).join(", "), imports, exports];
    const key = all ? String(index) : row.join("|");
    const group = groups.get(key) ?? { names: [], row };
    group.names.push(neighbor.address ?? neighbor.interface ?? "");
    groups.set(key, group);
  }
  const rows = [...groups.values()].flatMap(({ names, row }) =>
    names.length > MANY ? [[some(names, 2), ...row]] : names.map((name) => [name, ...row]),
  );
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
