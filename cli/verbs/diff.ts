/** `diff`: what a change makes and breaks, with the cause of each. */
import { difference } from "../../components/forecast/difference";
import { forecast } from "../../components/forecast/forecast";
import { printDifference } from "../../components/forecast/printDifference";
import { blocking, printFinding, rules } from "../../components/forecast/rules";
import type { Gathered } from "../gather";
import type { Said } from "../said";

export function diffVerb(before: Gathered, after: Gathered): Said {
  const was = forecast(before.network);
  const will = forecast(after.network);
  const found = difference(was, will);
  const stops = blocking(rules(after.network, will, { before: was }));
  const losses =
    found.sessions.some((each) => each.what === "lost" || each.what === "reset") ||
    found.routes.some((each) => each.what === "lost");
  return {
    text: [printDifference(found).trimEnd(), ...(stops.length > 0 ? ["", ...stops.map(printFinding)] : [])].join("\n"),
    json: { ...found, blocking: stops },
    findings: losses || stops.length > 0,
  };
}
