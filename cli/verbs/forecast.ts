/** `forecast`: the sessions and routes a network will have. A large network in one line a speaker and a prefix. */
import type { Session } from "../../components/bgp/solution";
import { isHarmless } from "../../components/forecast/doubts";
import { forecast, type Forecast } from "../../components/forecast/forecast";
import { sessionName } from "../../components/forecast/fieldNames";
import { sessionLines } from "../../components/forecast/lines";
import type { Route } from "../../components/forecast/route";
import { RoutesAt } from "../../components/forecast/routesAt";
import { ok, type Result } from "../../components/model/errors";
import { legend } from "../doubts";
import { choose, type Chosen, type Filters } from "../filters";
import { findingRows } from "../findings";
import type { Gathered } from "../gather";
import { bad, count, faint, good, table, title } from "../print";
import { overviewOf, type Overview } from "../overview";
import { inOrder, isAskedFor, routesOf, speakerTable } from "../routeTables";
import type { Said } from "../said";

/** Up to so many routes each of them is printed. */
const MANY = 40;

export function forecastVerb({ network, findings }: Gathered, options: Filters): Result<Said> {
  const chosen = choose([network], options);
  if (!chosen.ok) return chosen;
  const made = forecast(network);
  const { solution } = made;
  const all = options.all === true;
  const speakers = inOrder(network.speakers).filter(({ name }) => chosen.value.speaker(name));
  const sessions = solution.sessions.filter(
    ({ up, ends }) =>
      ends.some((end) => chosen.value.speaker(end.speaker)) &&
      (options.state === undefined || options.state === "doubtful" || up === (options.state === "up")),
  );
  const down = solution.sessions.filter((session) => !session.up);
  const graver = findings.filter((finding) => finding.severity !== "info");
  // A question about a prefix is none about every session.
  const { prefix, speaker, vrf, state } = options;
  const prefixAlone = !all && prefix !== undefined && speaker === undefined && vrf === undefined && state === undefined;
  const text = (): string => {
    const overview = all || chosen.value.narrowed ? undefined : overviewOf(made, speakers);
    const large = overview !== undefined && overview.routes > MANY;
    const marks = legend(solution, chosen.value, all);
    return [
      title(`${count(sessions.length, "session")}, ${sessions.filter(({ up }) => up).length} up`),
      ...sessionRows(sessions, !large && !prefixAlone),
      "",
      ...(large ? overviewLines(overview) : details(made, speakers, chosen.value)),
      ...(marks.length > 0 ? ["", ...marks] : []),
      ...findingRows(findings, all),
    ]
      .join("\n")
      .trimEnd();
  };
  return ok({
    text,
    json: () => json(made, sessions, speakers.map(({ name }) => name).sort(), chosen.value, findings),
    findings: down.length > 0 || graver.length > 0 || solution.oscillations.length > 0,
  });
}

/** Each session, or in a large network those that are not simply up. */
function sessionRows(sessions: readonly Session[], detailed: boolean): string[] {
  const shown = detailed ? sessions : sessions.filter(({ up, policyMissing }) => !up || policyMissing !== undefined);
  if (shown.length === 0) return [];
  return [
    table(
      ["session", "state", "kind", "AS", "why"],
      shown.map((session) => [
        sessionName(session.key),
        session.up ? good("up") : bad("down"),
        session.kind,
        session.ends.map((end) => end.asn).join(" - "),
        session.down?.sentence ??
          (session.policyMissing ?? []).map((each) => `no ${each.direction} policy at ${each.at}`).join(", "),
      ]),
    ),
  ];
}

function details(made: Forecast, speakers: readonly { name: string; asn: number }[], chosen: Chosen): string[] {
  const all = speakers.map(({ name, asn }) => ({ name, asn, routes: routesOf(made, name, chosen) }));
  const total = count(
    all.reduce((sum, { routes }) => sum + routes.length, 0),
    "route",
  );
  const blocks = all
    .filter(({ routes }) => routes.length > 0)
    .flatMap(({ name, asn, routes }) => [
      title(`${name} (AS ${asn}): ${count(routes.length, "route")}`),
      speakerTable(made, name, routes),
      "",
    ]);
  return speakers.length > 1 || blocks.length === 0
    ? [total, ...(blocks.length > 0 ? [""] : []), ...blocks.slice(0, -1)]
    : blocks.slice(0, -1);
}

const overviewLines = ({ speakers, routes, prefixes }: Overview): string[] => [
  speakers,
  "",
  title(count(routes, "route")),
  prefixes,
  faint("--speaker, --prefix, --vrf and --state show a part, --all every route"),
];

/** One after the other: a large network has millions. */
function* routesAsked(made: Forecast, names: readonly string[], chosen: Chosen): Generator<Route> {
  for (const name of names) {
    for (const route of new RoutesAt(made, name).all()) if (isAskedFor(made, route, chosen)) yield route;
  }
}

function json(
  made: Forecast,
  sessions: readonly Session[],
  names: readonly string[],
  chosen: Chosen,
  findings: Gathered["findings"],
): unknown {
  const { ambiguities, oscillations, notModelled } = made.solution;
  return {
    sessions: sessions.map(({ key, kind, up, families, ends, down: why, policyMissing }) => ({
      key,
      kind,
      up,
      families,
      ends,
      ...(why === undefined ? {} : { down: why }),
      ...(policyMissing === undefined ? {} : { policyMissing }),
    })),
    sessionLines: sessionLines(made),
    routes: routesAsked(made, names, chosen),
    ambiguities: ambiguities.map((each) => (isHarmless(each) ? { ...each, harmless: true } : each)),
    oscillations,
    notModelled,
    findings,
  };
}
