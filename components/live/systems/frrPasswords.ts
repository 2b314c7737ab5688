/**
 * Passwords of sessions, changed before the rest of a configuration is. frr-reload (8.4 to 10.3) takes a line away by a
 * command line, `vtysh -c "no neighbor ... password ..."`, which every process on the router can read. So passwords that
 * change or go are put in from a file first, and frr-reload finds them as they should be.
 */
import { type Shell, output } from "../shell";
import { RUNNING } from "./frrConfirm";

/** `before` stands in front of what changes the router: frrConfirm.ts's lock. */
export async function setPasswords(shell: Shell, text: string, before: readonly string[]): Promise<void> {
  const lines = passwordLines(await output(shell, ["/bin/sh", "-c", RUNNING]), text);
  if (lines === "") return;
  const load = "umask 077; f=$(mktemp) && cat > $f && vtysh -f $f; c=$?; rm -f $f; exit $c";
  await output(shell, [...before, "/bin/sh", "-c", load], lines);
}

/** A configuration of those passwords alone that run and differ from the text's, or that the text has no more. */
export function passwordLines(running: string, text: string): string {
  const wanted = passwordsOf(text);
  const blocks = [...passwordsOf(running)].flatMap(([router, passwords]) => {
    const own = wanted.get(router);
    // An instance that goes takes its sessions with it, and no password is named for that.
    if (own === undefined) return [];
    const lines = [...passwords].flatMap(([neighbor, password]) => {
      const next = own.get(neighbor);
      if (next === password) return [];
      return [next === undefined ? ` no neighbor ${neighbor} password` : ` neighbor ${neighbor} password ${next}`];
    });
    return lines.length === 0 ? [] : [router, ...lines, "exit"];
  });
  return blocks.length === 0 ? "" : `${blocks.join("\n")}\n`;
}

/** By BGP instance, and by neighbor or group. */
function passwordsOf(text: string): Map<string, Map<string, string>> {
  const routers = new Map<string, Map<string, string>>();
  let open: Map<string, string> | undefined;
  for (const line of text.split("\n")) {
    if (/^\S/.test(line)) {
      open = line.startsWith("router bgp ") ? new Map<string, string>() : undefined;
      if (open !== undefined) routers.set(line.trim(), open);
    }
    const [, neighbor, password] = /^ +neighbor (\S+) password (.*\S)/.exec(line) ?? [];
    if (neighbor !== undefined && password !== undefined) open?.set(neighbor, password);
  }
  return routers;
}
