/**
 * The BGP of a switch with EOS: a session takes what is there away and enters the text, so that its difference to what runs
 * is what a push changes. Interfaces, VLANs, EVPN, other VRFs and lists that the program does not name stay as they are.
 */
import { eapi, type Eapi } from "../reach/eapi";
import { CommandError } from "../reach/eapiErrors";
import { type Reach, confirmSeconds } from "../reach/reach";
import { applyEdits, printEdit } from "./edits";
import { differences, instanceFacts, keysOf, only, replacement } from "./eosSections";
import { type Candidate, commit, confirm, discard, mustBeFree, runningConfig, stage } from "./eosSession";
import type { Part } from "./system";

/** A block's lines stand three blanks further in than its head. */
const WIDTH = 3;

export const eosPart: Part<Reach> = {
  compare: async (at, text, earlier) => {
    const api = eapi(at);
    const staged = await staging(api, text, earlier);
    await discard(api, staged.session);
    const [has, wants, had] = [staged.running, text, earlier ?? ""].map(instanceFacts);
    const known = new Set([...(wants?.neighbors ?? []), ...(had?.neighbors ?? [])]);
    return {
      changes: differences(staged.running, staged.candidate).map(printEdit),
      said: staged.diffs,
      faults: [
        ...(await versionFaults(api, text)),
        ...(has?.asn === undefined || has.asn === wants?.asn || has.asn === had?.asn
          ? []
          : [`the switch is AS ${has.asn}, and the program has AS ${wants?.asn ?? "?"}: set asn, or remove it there`]),
      ],
      foreign: [...(has?.neighbors ?? [])].filter((neighbor) => !known.has(neighbor)),
    };
  },
  push: async (at, text, earlier) => {
    const api = eapi(at);
    await mustBeFree(api);
    const staged = await staging(api, text, earlier);
    if (earlier === undefined) await api.run([`copy running-config flash:before-${staged.session}.cfg`]);
    await take(api, staged, confirmSeconds(at));
    const before = earlier === undefined ? new Set<string>() : keysOf(earlier);
    const fresh = new Set([...keysOf(text)].filter((key) => !before.has(key)));
    return only(staged.running, fresh, [text]);
  },
  running: async (at, text) => {
    const api = eapi(at);
    const staged = await staging(api, text, undefined);
    await discard(api, staged.session);
    return applyEdits(text, differences(staged.running, staged.candidate), WIDTH);
  },
  restore: async (at, text, before) => {
    const api = eapi(at);
    await mustBeFree(api);
    await take(api, await staging(api, before, text), confirmSeconds(at));
    await confirm(api);
  },
};

/** The text in the place of what the switch has of it, not committed. */
async function staging(api: Eapi, text: string, earlier: string | undefined): Promise<Candidate> {
  const running = await runningConfig(api);
  const keys = new Set([...keysOf(text), ...(earlier === undefined ? [] : keysOf(earlier))]);
  const commands = replacement(running, text, keys, earlier === undefined ? [] : [earlier]);
  try {
    return await stage(api, running, commands);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new Error(`${error.message}${lineIn(text, commands, error.index)}; nothing was changed`, { cause: error });
  }
}

/** Where the refused command stands in the program's text; "enable" and the session's own come before it in the call. */
function lineIn(text: string, commands: readonly string[], index: number): string {
  const command = commands[index - 2];
  const at = command === undefined ? -1 : text.split("\n").findIndex((line) => line.trim() === command);
  return at < 0 ? "" : `, line ${at + 1} of its configuration`;
}

async function take(api: Eapi, { session, candidate }: Candidate, seconds: number | undefined): Promise<void> {
  await commit(api, session, seconds);
  const left = differences(await runningConfig(api), candidate);
  if (left.length === 0) return;
  if (seconds !== undefined) await api.run([`configure session ${session} abort`]);
  throw new Error(
    `${api.name}: EOS did not take the whole configuration; what differs:\n${left.map(printEdit).join("\n")}` +
      (seconds === undefined ? "" : `\n${api.name} runs its earlier configuration again.`),
  );
}

async function versionFaults(api: Eapi, text: string): Promise<string[]> {
  const wanted = /^! .*EOS-(\d+\.\d+)/m.exec(text)?.[1];
  if (wanted === undefined) return [];
  const [answer] = await api.run<{ version?: string }>(["show version"]);
  const has = /^(\d+\.\d+)/.exec(answer?.version ?? "")?.[1];
  if (has === undefined || has === wanted) return [];
  return [`the switch runs EOS ${has}, and the forecast is one of ${wanted}: set version`];
}
