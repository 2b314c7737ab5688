/** `forecast`: the sessions and routes a network will have. */
import type { NotModelled } from "../../components/bgp/solution";
import { forecast, type Forecast } from "../../components/forecast/forecast";
import { routeLines, sessionLines } from "../../components/forecast/lines";
import type { Gathered } from "../gather";
import { findingRows } from "../findings";
import { bad, count, good, table, title } from "../print";
import type { Said } from "../said";

export interface ForecastOptions {
  /** Only this speaker's routes. */
  speaker?: string[];
}

export function forecastVerb({ network, findings }: Gathered, options: ForecastOptions): Said {
  const made = forecast(network);
  const sessions = made.solution.sessions;
  const lines = routeLines(made, options.speaker === undefined ? {} : { speakers: options.speaker });
  const down = sessions.filter((session) => !session.up);
  const graver = findings.filter((finding) => finding.severity !== "info");
  return {
    text: [
      title(`${count(sessions.length, "session")}, ${sessions.length - down.length} up`),
      table(
        ["session", "state", "kind", "AS", "why"],
        sessions.map((session) => [
          session.key,
          session.up ? good("up") : bad("down"),
          session.kind,
          session.ends.map((end) => end.asn).join(" - "),
          session.down?.sentence ??
            (session.policyMissing ?? []).map((each) => `no ${each.direction} policy at ${each.at}`).join(", "),
        ]),
      ),
      "",
      title(count(lines.length, "route")),
      ...lines,
      ...doubtLines(made),
      ...findingRows(findings),
    ].join("\n"),
    json: {
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
      routes: routesJson(made, options.speaker),
      ambiguities: made.solution.ambiguities,
      oscillations: made.solution.oscillations,
      notModelled: made.solution.notModelled,
      findings,
    },
    findings: down.length > 0 || graver.length > 0 || made.solution.oscillations.length > 0,
  };
}

function routesJson(made: Forecast, only: string[] | undefined): unknown[] {
  const names = made.network.speakers.map((speaker) => speaker.name).filter((name) => only?.includes(name) ?? true);
  return names.sort().flatMap((name) => [...made.routes(name).values()]);
}

function doubtLines(made: Forecast): string[] {
  const { ambiguities, oscillations, notModelled } = made.solution;
  return [
    ...ambiguities.map(
      (each) =>
        `ambiguous: ${each.speaker} ${each.prefix}: ${each.arrival === true ? "arrival" : "age"} decides between ${each.candidates.map((one) => `${one.nextHop} from ${one.from}`).join(" and ")}`,
    ),
    ...oscillations.map((each) => `oscillates: ${each.prefix} between ${each.speakers.join(", ")}`),
    ...notModelled.map((each) =>
      ["not modelled:", each.speaker, each.session ?? each.neighbor, each.prefix, partText(each), each.what]
        .filter(Boolean)
        .join(" "),
    ),
  ];
}

const ONLY = {
  fib: "what is installed",
  med: "whether there is a MED of 0",
  copies: "whether paths stand once or twice",
} as const;

/** How much of the answer it is about, where it is not all of it. */
function partText({ only, part }: NotModelled): string {
  if (only !== undefined) return `(${ONLY[only]}):`;
  if (part === undefined) return "";
  const said = [
    ...(part.from.length > 0 ? [`what comes from ${part.from.join(", ")}`] : []),
    ...(part.reach.length > 0 ? [`whether next hops from ${part.reach.join(", ")} can be reached`] : []),
    ...(part.best ? ["the choice"] : []),
    ...(part.fib ? ["what is installed"] : []),
  ];
  return said.length === 0 ? "" : `(${said.join("; ")}):`;
}
