/** `render`: a speaker's configuration as its system wants it. Passwords stay names: "secret:NAME". */
import type { Speaker } from "../../components/bgp/network";
import { writeBird } from "../../components/config/bird";
import { writeEos } from "../../components/config/eos";
import { writeFrr } from "../../components/config/frr";
import { writeGobgp } from "../../components/config/gobgp";
import { fail, ok, type Result } from "../../components/model/errors";
import type { Gathered } from "../gather";
import type { Said } from "../said";

export function renderVerb({ network }: Gathered, names: string[]): Result<Said> {
  const wanted = names.length > 0 ? names : network.speakers.map((speaker) => speaker.name);
  const rendered: { speaker: string; system: string; text: string }[] = [];
  const faults = [];
  for (const name of wanted) {
    const speaker = network.speakers.find((each) => each.name === name);
    if (speaker === undefined) {
      const all = network.speakers.map((each) => each.name).join(", ");
      faults.push({ path: "--speaker", found: name, expected: `one of ${all}` });
      continue;
    }
    const text = write(network, speaker);
    if (text.ok) rendered.push({ speaker: name, system: speaker.dialect.system, text: text.value });
    else faults.push(...text.faults);
  }
  if (faults.length > 0) return { ok: false, faults };
  const text =
    rendered.length === 1
      ? (rendered[0]?.text ?? "")
      : rendered.map((each) => `# ---- ${each.speaker} (${each.system})\n${each.text}`).join("\n");
  return ok({ text: text.trimEnd(), json: rendered, findings: false });
}

function write(network: Gathered["network"], speaker: Speaker): Result<string> {
  const options = { secrets: (name: string) => `secret:${name}` };
  switch (speaker.dialect.system) {
    case "frr":
      return writeFrr(network, speaker.name, options);
    case "eos":
      return writeEos(network, speaker.name, options);
    case "bird":
      return writeBird(network, speaker.name, options);
    case "gobgp":
      return writeGobgp(network, speaker.name, options);
    case "metallb":
      return fail({
        path: speaker.name,
        found: "metallb",
        expected: "a system with a configuration of its own",
        fix: "MetalLB's speaker is configured by its objects alone",
      });
  }
}
