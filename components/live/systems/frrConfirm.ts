/**
 * A push to an FRR router that returns by itself to what it ran before, unless it is confirmed in time. The router keeps
 * the timer, the configuration that ran, and the new one; its own file changes when the push is confirmed, so that a
 * reboot before that returns to the earlier configuration too. How a configuration is loaded is frr.ts's.
 */
import { randomBytes } from "node:crypto";
import { type Shell, output } from "../shell";

/** Gone after a reboot, as the running configuration is. */
const PENDING = "/run/bgpfabric/pending";
const FIRST = "/etc/frr/frr.conf.before-bgpfabric";
const CONFIGURATION = "/etc/frr/frr.conf";

/** A reload outlives a connection that is lost: the one that takes it back waits for its end. */
export const ONE_AT_A_TIME = ["flock", "-w", "120", "/run/bgpfabric/lock"];
const RELOAD = `${ONE_AT_A_TIME.join(" ")} python3 /usr/lib/frr/frr-reload.py --reload --stdout`;

/**
 * Folder of the new configuration while it waits for its confirmation. frr-reload writes the running configuration to
 * the router's own file unless it is given the frr.conf of its --confdir (FRR 8.4).
 */
export const CANDIDATE = `${PENDING}/new`;

/** Exit codes of the scripts below, apart from those of the programs that they run. */
const BUSY = 75;
const TOO_LATE = 76;

/** Takes the push away from whoever else may end it: the one whose rename succeeds. */
const claim = (as: string) => `mv ${PENDING} /run/bgpfabric/${as} 2>/dev/null`;

const ROLL_BACK = [
  `${claim("returning")} || exit 0`,
  `${RELOAD} --confdir /run/bgpfabric/returning/before /run/bgpfabric/returning/before/frr.conf > /run/bgpfabric/returned.log 2>&1`,
  `c=$?; mv /run/bgpfabric/returning/token /run/bgpfabric/returned; rm -rf /run/bgpfabric/returning; exit $c`,
].join("\n");

/** vtysh puts two lines of its own before the configuration (FRR 8.4). */
export const RUNNING = `vtysh -c 'show running-config' | sed -e '/^Building configuration/d' -e '/^Current configuration/d'`;

/** Saves what runs, keeps the text beside it, and starts the timer. Nothing of the router has changed after it. */
export async function arm(shell: Shell, text: string, seconds: number): Promise<void> {
  const token = randomBytes(8).toString("hex");
  const script = `umask 077; mkdir -p /run/bgpfabric
if [ -e /run/bgpfabric/returning ] || ! mkdir ${PENDING} 2>/dev/null; then exit ${BUSY}; fi
{
  set -e
  trap 'c=$?; [ $c = 0 ] || rm -rf ${PENDING}; exit $c' EXIT
  cd ${PENDING}; echo ${token} > token; mkdir new before; cat > new/frr.conf
  ${RUNNING} > before/frr.conf; test -s before/frr.conf
  echo 'service integrated-vtysh-config' | tee new/vtysh.conf > before/vtysh.conf
  [ -e ${FIRST} ] || cp before/frr.conf ${FIRST}
  rm -f /run/bgpfabric/returned
  cd /
  setsid sh -c 'sleep ${seconds}; [ "$(cat ${PENDING}/token 2>/dev/null)" = ${token} ] || exit 0
${quoted(ROLL_BACK)}' </dev/null >/dev/null 2>&1 &
  echo $! > ${PENDING}/timer
}`;
  const { code, stderr } = await shell.run(["/bin/sh", "-c", script], text);
  if (code === BUSY) {
    throw new Error(
      `${shell.name}: another push to this router waits for its confirmation or is being taken back; ` +
        "nothing was changed; run again when it has ended",
    );
  }
  if (code !== 0) throw new Error(`${shell.name}: the running configuration could not be saved: ${stderr.trim()}`);
}

/** Keeps what was pushed: it becomes the router's own file, and the timer ends. Without a push there is nothing to do. */
export async function confirm(shell: Shell): Promise<void> {
  const script = `[ ! -e /run/bgpfabric/returned ] && [ ! -e /run/bgpfabric/returning ] || exit ${TOO_LATE}
[ -e ${PENDING} ] || exit 0
${claim("confirmed")} || exit ${TOO_LATE}
cd /run/bgpfabric/confirmed/new
kill -- -$(cat ../timer) 2>/dev/null
chown frr:frr frr.conf && chmod 640 frr.conf && mv frr.conf ${CONFIGURATION}
c=$?; cd /; rm -rf /run/bgpfabric/confirmed; exit $c`;
  const { code, stderr } = await shell.run(["/bin/sh", "-c", script]);
  if (code === TOO_LATE) {
    throw new Error(
      `${shell.name}: the pushed configuration was not confirmed in time, and the router has returned to the one before; ` +
        "run again with --refresh, which pushes it anew",
    );
  }
  if (code !== 0) throw new Error(`${shell.name}: the configuration could not be kept: ${stderr.trim()}`);
}

/** Returns to what ran before the push, at once. Without a push there is nothing to do. */
export async function abandon(shell: Shell): Promise<void> {
  const script = `[ -e ${PENDING} ] || exit 0
kill -- -$(cat ${PENDING}/timer) 2>/dev/null
${ROLL_BACK}`;
  await output(shell, ["/bin/sh", "-c", script]);
}

function quoted(script: string): string {
  return script.replaceAll("'", "'\\''");
}
