/**
 * A configuration text in the making: its lines, and a fault for everything the target has no words for. The writers
 * share it; what a target says and how is theirs.
 */
import { fail, ok, type Fault, type Result } from "../model/errors";
import type { Network, Speaker, System } from "../bgp/network";

/** The value of a secret by its name: a table, or a function (which may give a placeholder for reading eyes). */
export type Secrets = Readonly<Record<string, string>> | ((name: string) => string | undefined);

export interface Draft {
  lines: string[];
  faults: Fault[];
  secrets: Secrets;
}

export function draft(secrets: Secrets = {}): Draft {
  return { lines: [], faults: [], secrets };
}

export function finished(d: Draft): Result<string> {
  return d.faults.length > 0 ? fail(...d.faults) : ok(`${d.lines.join("\n")}\n`);
}

export function cannot(d: Draft, path: string, found: unknown, expected: string, fix?: string): void {
  const text = typeof found === "string" ? found : (JSON.stringify(found) ?? "nothing");
  d.faults.push({ path, found: text, expected, ...(fix === undefined ? {} : { fix }) });
}

/**
 * A name as one word of a line. Names come from users, and a line break or a blank in one would be another command: such
 * a name is a fault, and stays out of the text.
 */
export function word(d: Draft, path: string, name: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.:@%/+-]{0,127}$/.test(name)) return name;
  cannot(d, path, name, "a name of letters, digits and _ . : @ % / + - without blanks");
  return "INVALID";
}

/** Free text up to the end of the line. */
export function rest(d: Draft, path: string, text: string): string {
  if (/^[\x21-\x7e\u00a0-\uffff]([\x20-\x7e\u00a0-\uffff]*[\x21-\x7e\u00a0-\uffff])?$/.test(text)) return text;
  cannot(d, path, text, "text of one line that neither starts nor ends with a blank");
  return "INVALID";
}

/** The value of a secret, never put into a fault. TCP MD5 takes at most 80 bytes. */
export function secret(d: Draft, path: string, name: string): string {
  const value =
    typeof d.secrets === "function"
      ? d.secrets(name)
      : Object.prototype.hasOwnProperty.call(d.secrets, name)
        ? d.secrets[name]
        : undefined;
  if (value === undefined) {
    cannot(d, path, name, "the name of a secret whose value was given");
    return "INVALID";
  }
  if (!/^[\x21-\x7e]{1,80}$/.test(value)) {
    cannot(d, path, name, "a secret of 1 to 80 printable characters without blanks");
    return "INVALID";
  }
  return value;
}

/** The speaker, when it exists and is of a system that this text is for. Is the text one of all its VRFs? */
export function findSpeaker(
  d: Draft,
  network: Network,
  name: string,
  systems: System[],
  how: "alone" | "with its VRFs" = "alone",
): Speaker | undefined {
  const speaker = network.speakers.find((s) => s.name === name);
  if (speaker === undefined) {
    cannot(d, "speaker", name, "the name of a speaker of the network");
    return undefined;
  }
  if (!systems.includes(speaker.dialect.system)) {
    cannot(d, `speakers[${name}].dialect.system`, speaker.dialect.system, systems.join(" or "));
    return undefined;
  }
  const vrfs = network.speakers.filter((one) => one.name.startsWith(`${name} vrf `));
  for (const vrf of how === "alone" ? vrfs : []) {
    cannot(
      d,
      `speakers[${vrf.name}]`,
      vrf.name,
      "a device without VRFs: its own table written alone would drop this one",
    );
  }
  for (const one of how === "alone" ? [speaker] : [speaker, ...vrfs])
    for (const thing of one.unmodelled ?? []) {
      cannot(
        d,
        `speakers[${one.name}].unmodelled`,
        thing.what,
        "a speaker that is modelled wholly: writing would drop this",
      );
    }
  return speaker;
}
