/**
 * The BGP of an FRR router that exists: the text's sections are put into what the router runs, and frr-reload changes what
 * differs. Interfaces, static routes, other protocols and lists that the program does not name stay as they are.
 */
import { type Shell, output } from "../shell";
import { RUNNING, confirm } from "./frrConfirm";
import { applyEdits, printEdit } from "./edits";
import { edits, push } from "./frrLoad";
import { type Header, headerOf, keysOf, merged, only } from "./frrSections";
import type { Comparison, Part, TimedShell } from "./system";

export const frrPart: Part<TimedShell> = {
  compare: async ({ shell }, text, earlier) => {
    const running = await runs(shell);
    const found = await edits(shell, merged(running, text, owned(text, earlier)));
    const [has, wants] = [headerOf(running), headerOf(text)];
    const known = new Set([...wants.neighbors, ...(earlier === undefined ? [] : headerOf(earlier).neighbors)]);
    return {
      changes: found.map(printEdit),
      faults: differences(has, wants, earlier === undefined ? undefined : headerOf(earlier)),
      foreign: [...has.neighbors].filter((neighbor) => !known.has(neighbor)),
    } satisfies Comparison;
  },
  push: async ({ shell, seconds }, text, earlier) => {
    const running = await runs(shell);
    await push(shell, merged(running, text, owned(text, earlier)), seconds);
    const before = earlier === undefined ? new Set<string>() : keysOf(earlier);
    return only(running, new Set([...keysOf(text)].filter((key) => !before.has(key))));
  },
  running: async ({ shell }, text) => {
    const whole = merged(await runs(shell), text, keysOf(text));
    return applyEdits(text, await edits(shell, whole));
  },
  restore: async ({ shell, seconds }, text, before) => {
    await push(shell, merged(await runs(shell), before, owned(text, before)), seconds);
    await confirm(shell);
  },
};

function runs(shell: Shell): Promise<string> {
  return output(shell, ["/bin/sh", "-c", RUNNING]);
}

function owned(text: string, earlier: string | undefined): Set<string> {
  return new Set([...keysOf(text), ...(earlier === undefined ? [] : keysOf(earlier))]);
}

/** What the text was written for, and the router is not. */
function differences(has: Header, wants: Header, earlier: Header | undefined): string[] {
  const faults: string[] = [];
  if (has.version !== undefined && wants.version !== undefined && has.version !== wants.version) {
    faults.push(`the router runs FRR ${has.version}, and the forecast is one of ${wants.version}: set version`);
  }
  const profile = has.profile ?? "traditional";
  if (wants.profile !== undefined && profile !== wants.profile) {
    faults.push(`the router has "frr defaults ${profile}", and the forecast is one of ${wants.profile}: set profile`);
  }
  if (has.asn !== undefined && has.asn !== wants.asn && has.asn !== earlier?.asn) {
    faults.push(`the router is AS ${has.asn}, and the program has AS ${wants.asn ?? "?"}: set asn, or remove it there`);
  }
  return faults;
}
