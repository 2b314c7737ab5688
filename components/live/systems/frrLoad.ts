/**
 * A configuration put into a running FRR by frr-reload, and compared with what it runs. Unchanged neighbors keep their
 * sessions. With a time, the router returns by itself unless the push is confirmed (frrConfirm.ts).
 */
import { type Shell, output } from "../shell";
import { CANDIDATE, ONE_AT_A_TIME, abandon, arm } from "./frrConfirm";
import { type Edit, printEdit } from "./edits";
import { readEdits } from "./frrDrift";
import { forgetKeys } from "./frrListenKeys";
import { setPasswords } from "./frrPasswords";

const CONFIGURATION = "/etc/frr/frr.conf";
const RELOAD = "/usr/lib/frr/frr-reload.py";

/** Puts the text in as the configuration: unchanged neighbors keep their sessions. */
export async function push(shell: Shell, text: string, seconds?: number): Promise<void> {
  if (seconds === undefined) {
    const write = `umask 027; cat > ${CONFIGURATION}.new && chown frr:frr ${CONFIGURATION}.new && mv ${CONFIGURATION}.new ${CONFIGURATION}`;
    await output(shell, ["/bin/sh", "-c", write], text);
    await load(shell, CONFIGURATION, text);
    return;
  }
  await arm(shell, text, seconds);
  try {
    await load(shell, `${CANDIDATE}/frr.conf`, text, { before: ONE_AT_A_TIME, after: ["--confdir", CANDIDATE] });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${why}\n${await taken(shell, seconds)}`);
  }
}

/** Takes a failed push back, and says what became of the router. */
async function taken(shell: Shell, seconds: number): Promise<string> {
  try {
    await abandon(shell);
    return `${shell.name} runs its earlier configuration again.`;
  } catch {
    return `${shell.name} cannot be reached to take that back: it returns by itself to its earlier configuration, ${seconds} s after the push began.`;
  }
}

interface Around {
  before: readonly string[];
  after: readonly string[];
}

async function load(shell: Shell, file: string, text: string, around?: Around): Promise<void> {
  const { before = [], after = [] } = around ?? {};
  await setPasswords(shell, text, before);
  await output(shell, [...before, "python3", RELOAD, "--reload", "--stdout", ...after, file]);
  await forgetKeys(shell, text);
  // FRR lets 5 s pass before a changed route-map or list touches routes (bgp route-map delay-timer): asked for now, so
  // that who looks after us sees what the configuration says. No session is reset by it.
  await output(shell, ["vtysh", "-c", "clear bgp * soft"]);
  const left = await edits(shell, text);
  if (left.length === 0) return;
  throw new Error(
    `${shell.name}: FRR did not take the whole configuration; what differs:\n${left.map(printEdit).join("\n")}`,
  );
}

/** What a reload would still do to make the running configuration equal to the text. */
export async function edits(shell: Shell, text: string): Promise<Edit[]> {
  const compare = `f=$(mktemp) && cat > $f && python3 ${RELOAD} --test --stdout $f; c=$?; rm -f $f; exit $c`;
  return readEdits(await output(shell, ["/bin/sh", "-c", compare], text));
}
