/** What failed in a run of Pulumi, from what it printed: the errors of its diagnostics, without warnings and progress. */

/** A message of the diagnostics begins so; its further lines are indented as deep or deeper. */
const MESSAGE = /^ {4}(error|warning|info|debug): /;
/** The resource that messages are of: "  pulumi-nodejs:dynamic/bgpfabric:Gate (live-gate):". */
const RESOURCE = /^ {2}(\S+ \(.*\)):$/;
/** The engine's own last word, which says nothing more than that something failed. */
const SUMMARY = /error: (update|preview|destroy|refresh) failed$/;
const LAST_LINES = 15;

/** Each error behind its resource; where there is none, the last lines of both outputs. */
export function faultsIn({ stdout, stderr }: { stdout: string; stderr: string }): string {
  const errors = errorsOf(stdout.slice(stdout.lastIndexOf("\nDiagnostics:\n") + 1));
  const grave = errors.filter(([, first = ""]) => !SUMMARY.test(first));
  const said = (grave.length > 0 ? grave : errors).flat();
  if (said.length > 0) return said.join("\n");
  return [stdout, stderr].flatMap((text) => (text.trim() === "" ? [] : [lastLines(text)])).join("\n");
}

function errorsOf(text: string): string[][] {
  const errors: string[][] = [];
  let resource = "";
  let open: string[] | undefined;
  for (const line of text.split("\n")) {
    const [, named] = RESOURCE.exec(line) ?? [];
    if (named !== undefined) resource = named;
    const [, kind] = MESSAGE.exec(line) ?? [];
    if (kind === "error") errors.push((open = [`${resource}:`, line.trim()]));
    else if (kind !== undefined || !line.startsWith("    ")) open = undefined;
    else open?.push(line.slice(2));
  }
  return errors;
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-LAST_LINES).join("\n");
}
