/** `diff`: what a change makes and breaks, with the cause of each, and the findings that it brings. */
import { difference, type Difference } from "../../components/forecast/difference";
import { editWords } from "../../components/forecast/edits";
import { forecast, reforecast } from "../../components/forecast/forecast";
import { printDifference } from "../../components/forecast/printDifference";
import { compareFindings, printGroup, rules, together, type Finding } from "../../components/forecast/rules";
import type { ObjectFinding } from "../../components/cni/finding";
import { ok, type Result } from "../../components/model/errors";
import { editsOf } from "../edits";
import { choose, type Filters } from "../filters";
import { findingRows } from "../findings";
import type { Gathered } from "../gather";
import { title } from "../print";
import { readSettings } from "../ruleSettings";
import type { Said } from "../said";

export function diffVerb(
  before: Gathered,
  after: Gathered,
  options: Filters & { settings?: string; failOn?: "block" | "warn" },
): Result<Said> {
  const chosen = choose([before.network, after.network], options);
  const settings = readSettings(options.settings ?? after.inputs.rules);
  if (!chosen.ok || !settings.ok) {
    return { ok: false, faults: [chosen, settings].flatMap((one) => (one.ok ? [] : one.faults)) };
  }
  const was = forecast(before.network);
  const will = reforecast(was, after.network);
  const whole = difference(was, will);
  const { speaker, prefix, state } = chosen.value;
  const found: Difference = {
    changes: whole.changes,
    sessions: whole.sessions.filter(
      ({ before: old, after: now }) =>
        [...(old?.ends ?? []), ...(now?.ends ?? [])].some((end) => speaker(end.speaker)) &&
        (state === undefined || state === "doubtful" || (now?.up === true) === (state === "up")),
    ),
    routes: whole.routes.filter(
      (route) => speaker(route.speaker) && prefix(route.prefix) && (state !== "doubtful" || route.doubts.length > 0),
    ),
  };
  const edits = editsOf(before, after);
  const compared = compareFindings(
    rules(before.network, was, settings.value),
    rules(after.network, will, { ...settings.value, before: was, difference: whole, edits }),
  );
  const open = compared.fresh.filter((each) => each.silenced === undefined && each.severity !== "info");
  const objects = newObjectFindings(before.findings, after.findings);
  const blocking = open.filter((each) => each.severity === "block");
  const onlyBlocks = options.failOn === "block";
  const grave = [
    ...(onlyBlocks ? blocking : open),
    ...objects.fresh.filter((each) => !onlyBlocks || each.severity === "error"),
  ];
  const losses =
    whole.sessions.some((each) => each.what === "lost" || each.what === "reset") ||
    whole.routes.some((each) => each.what === "lost");
  const shown = edits.slice(0, 5).map((edit) => `  ${editWords(edit, whole.changes)}`);
  return ok({
    text: [
      ...(edits.length > 0 ? [title("changed:"), ...shown] : []),
      ...(edits.length > shown.length ? [`  and ${edits.length - shown.length} objects more`] : []),
      printDifference(found, { edits, ...(options.all === true ? { all: true } : {}) }).trimEnd(),
      findingsLine(open, compared.asBefore + objects.asBefore, compared.gone, objects.fresh),
      ...(options.all === true ? open.map((each) => [each]) : together(open).map(({ findings }) => findings)).flatMap(
        (group) => together(group).map(printGroup),
      ),
      ...findingRows(objects.fresh).slice(2),
    ].join("\n"),
    json: {
      ...found,
      edits,
      blocking,
      findings: { new: compared.fresh, asBefore: compared.asBefore + objects.asBefore, gone: compared.gone },
      objectFindings: objects.fresh,
    },
    findings: losses || grave.length > 0,
    notes: [...new Set([...before.notes, ...after.notes])],
  });
}

function findingsLine(
  open: readonly Finding[],
  asBefore: number,
  gone: readonly Finding[],
  objects: unknown[],
): string {
  const fresh = open.length + objects.length;
  const parts = [
    fresh === 0 ? "none new" : `${fresh} new`,
    ...(asBefore > 0 ? [`${asBefore} as before`] : []),
    ...(gone.length > 0 ? [`${gone.length} gone`] : []),
  ];
  return `findings: ${parts.join(", ")}`;
}

function newObjectFindings(
  before: readonly ObjectFinding[],
  after: readonly ObjectFinding[],
): { fresh: ObjectFinding[]; asBefore: number } {
  const key = ({ id, object, path }: ObjectFinding): string => `${id} ${object} ${path ?? ""}`;
  const known = new Set(before.map(key));
  const open = after.filter((finding) => finding.severity !== "info");
  const fresh = open.filter((finding) => !known.has(key(finding)));
  return { fresh, asBefore: open.length - fresh.length };
}
