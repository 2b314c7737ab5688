/** What EOS says about a command that it refuses, in words that say what to do. The codes are those of Arista's eAPI guide. */
interface Refusal {
  code: number;
  message: string;
  data?: unknown[];
}

/** A command that EOS refused, and which one of the call it was. */
export class CommandError extends Error {
  constructor(
    name: string,
    commands: readonly string[],
    readonly refusal: Refusal,
  ) {
    super(`${name}: ${sentence(commands, refusal)}`);
    this.index = indexOf(commands, refusal);
    this.said = sayings(refusal).join("; ");
  }
  /** Among the commands of the call, "enable" first. */
  readonly index: number;
  /** In EOS's own words. */
  readonly said: string;
}

/** Answers of the commands that were run are in `data`, the refusal's own last. */
function indexOf(commands: readonly string[], { message, data = [] }: Refusal): number {
  const counted = /CLI command (\d+) of \d+/.exec(message)?.[1];
  return counted === undefined ? Math.min(data.length, commands.length) - 1 : Number(counted) - 1;
}

function sayings({ data = [] }: Refusal): string[] {
  const last = data.at(-1) as { errors?: unknown } | undefined;
  return Array.isArray(last?.errors) ? last.errors.map(String) : [];
}

export function sentence(commands: readonly string[], refusal: Refusal): string {
  const line = commands[indexOf(commands, refusal)] ?? "";
  const said = sayings(refusal);
  const token = (pattern: RegExp) => said.flatMap((text) => pattern.exec(text)?.slice(1) ?? [])[0];
  const unknown = token(/^Invalid input(?: \(at token \d+: '(.*)'\))?/i);
  if (unknown !== undefined) return `EOS does not know "${unknown}" in "${line}"`;
  const incomplete = token(/^Incomplete (?:command|token)(?: \(at token \d+: '(.*)'\))?/i);
  if (incomplete !== undefined) return `"${line}" is not complete for EOS: it wants more after "${incomplete}"`;
  const ambiguous = token(/^Ambiguous command(?: \(at token \d+: '(.*)'\))?/i);
  if (ambiguous !== undefined) return `"${ambiguous}" in "${line}" is short for several words of EOS`;
  if (refusal.code === 1005)
    return `the user may not run "${line}": it takes the role network-admin, or one that allows it`;
  if (refusal.code === 1003) return `EOS does not have "${line}" over its API`;
  return `EOS refuses "${line}": ${said.length > 0 ? said.join("; ") : refusal.message}`;
}
