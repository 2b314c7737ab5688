/** `render`: a speaker's configuration as its system wants it. Passwords stay names: "secret:NAME". */
import { writeSpeaker } from "../../components/config/writers";
import { ok, type Result } from "../../components/model/errors";
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
    const text = writeSpeaker(network, speaker, { secrets: (secret) => `secret:${secret}` });
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
