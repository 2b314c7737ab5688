/**
 * `render`: a speaker's configuration as its system wants it. Nothing is lost without a word: what the speaker's own
 * file holds and the rendered text does not is listed with its lines. Passwords are written only when they are given.
 */
import { deviceOf, vrfOf } from "../../components/bgp/device";
import type { Network, Speaker } from "../../components/bgp/network";
import { writeSpeaker } from "../../components/config/writers";
import { fail, ok, type Fault, type Result } from "../../components/model/errors";
import { bgpOnly } from "../bgpOnly";
import { choose } from "../filters";
import type { Gathered } from "../gather";
import { leftOut, type LeftOut } from "../leftOut";
import type { Said } from "../said";
import { secretValues, variableOf, type SecretValues } from "../secrets";

export interface RenderOptions {
  speaker?: string[];
  bgpOnly?: boolean;
  /** Write what is understood of a configuration that is not understood wholly. */
  partial?: boolean;
  passwords: Readonly<Record<string, string>>;
}

interface Rendered {
  speaker: string;
  system: string;
  text: string;
  leftOut: LeftOut[];
}

export function renderVerb({ network, routers }: Gathered, options: RenderOptions): Result<Said> {
  const chosen = choose([network], options.speaker === undefined ? {} : { speaker: options.speaker });
  if (!chosen.ok) return chosen;
  const secrets = secretValues(options.passwords);
  const rendered: Rendered[] = [];
  const faults: Fault[] = [];
  const skipped: string[] = [];
  for (const speaker of network.speakers.filter(({ name }) => chosen.value.speaker(name))) {
    if (vrfOf(speaker.name) !== "default") {
      if (speaker.dialect.system === "frr" && isDevice(network, speaker.name)) continue;
      if (options.partial === true) skipped.push(`${speaker.name}: left out, no writer writes VRFs`);
      else faults.push(vrfFault(speaker.name));
      continue;
    }
    const tables = tablesOf(network, speaker);
    const open = tables.flatMap((each) => [
      ...passwordFaults(each, secrets),
      ...(options.partial === true ? [] : partFaults(each)),
    ]);
    const speakers = tables.map((each) => {
      const whole = { ...each };
      delete whole.unmodelled;
      return whole;
    });
    const text = open.length > 0 ? fail(...open) : writeSpeaker({ ...network, speakers }, speaker, { secrets });
    if (!text.ok) {
      faults.push(
        ...text.faults.map((each) => ({ ...each, path: each.path.replace(/^speakers\[([^\]]+)\]\.?/, "$1 ") })),
      );
      continue;
    }
    const source = routers.find(({ name }) => name === speaker.name);
    const { system } = speaker.dialect;
    rendered.push({
      speaker: speaker.name,
      system,
      text: options.bgpOnly === true ? bgpOnly(text.value, system) : text.value,
      leftOut: source === undefined ? [] : leftOut(source, text.value),
    });
  }
  if (faults.length > 0) return { ok: false, faults };
  const [only, ...others] = rendered;
  const text = others.length === 0 ? (only?.text ?? "") : rendered.map(headed).join("\n");
  const lines = rendered.flatMap((each) => each.leftOut);
  const notes = [
    ...skipped,
    ...lines.map(({ file, line, text: was }) => `${file}:${line}: left out, or written otherwise: ${was}`),
  ];
  return ok({ text: text.trimEnd(), json: rendered, findings: false, notes });
}

/** The device, and of a router whose writer writes them its VRFs; those of others are refused or left out. */
function tablesOf({ speakers }: Network, device: Speaker): Speaker[] {
  const vrfs = speakers.filter(({ name }) => name.startsWith(`${device.name} vrf `));
  return device.dialect.system === "frr" ? [device, ...vrfs] : [device];
}

const isDevice = ({ speakers }: Network, vrf: string): boolean => speakers.some(({ name }) => name === deviceOf(vrf));

function vrfFault(path: string): Fault {
  return {
    path,
    found: "BGP in a VRF",
    expected: "BGP of the default VRF: the writer for this system writes no others",
    fix: "--partial leaves it out and lists its lines",
  };
}

function headed({ speaker, system, text }: Rendered): string {
  const mark = system === "frr" || system === "eos" ? "!" : "#";
  return `${mark} ---- ${speaker} (${system})\n${text}`;
}

/** What no rule covers, and so no writer writes. */
function partFaults(speaker: Speaker): Fault[] {
  return (speaker.unmodelled ?? []).map(({ what, source }) => ({
    path: speaker.name,
    found: what,
    expected: "a line that can be written again",
    fix: "--partial leaves it out and lists what is left out",
    ...(source?.file === undefined ? {} : { file: source.file }),
    ...(source?.line === undefined ? {} : { line: source.line }),
  }));
}

function passwordFaults(speaker: Speaker, secrets: SecretValues): Fault[] {
  const named = [...speaker.neighbors, ...Object.values(speaker.groups ?? {})].flatMap(
    ({ password }) => password ?? [],
  );
  return [...new Set(named)]
    .filter((name) => secrets(name) === undefined)
    .map((name) => ({
      path: speaker.name,
      found: `the name of a password, ${name}`,
      expected: "its value",
      fix: `--secrets FILE with a line "${name}: ...", or the variable ${variableOf(name)}`,
    }));
}
