/**
 * The lab host, whichever way there is one: the user's daemon, else a private one, else one clear message.
 */
import type { Session } from "../session";
import { whileMaking } from "../session";
import { SetupError, type Places } from "../places";
import { docker } from "../parts/docker";
import { provide } from "../parts/part";
import { findDaemon, type Daemon } from "./find";
import type { LabHost } from "./lab-host";
import { runningPrivateHost, startPrivateHost } from "./private";

/** BGPFABRIC_DOCKER=private asks for a private daemon although the user has one (tests do). */
function wantsPrivate(): boolean {
  const wish = process.env["BGPFABRIC_DOCKER"] ?? "";
  if (!["", "private"].includes(wish)) {
    throw new SetupError(`BGPFABRIC_DOCKER=${wish}: the only value is "private"; leave it out to use your own Docker`);
  }
  return wish === "private";
}

/** The host as it is now, without starting anything. */
export async function currentHost(at: Places): Promise<LabHost | undefined> {
  if (process.platform === "linux") {
    const running = await runningPrivateHost(at);
    if (running !== undefined) return running;
  }
  if (wantsPrivate()) return undefined;
  // A socket of ours in the environment (an open `make shell`) is no daemon of the user's.
  const { DOCKER_HOST, ...rest } = process.env;
  const daemon = await findDaemon(DOCKER_HOST?.startsWith("unix:///run/bgpfabric/") ? rest : process.env);
  return daemon === undefined ? undefined : yours(daemon);
}

function yours(daemon: Daemon): LabHost {
  return { kind: "yours", dockerHost: daemon.dockerHost };
}

export async function provideHost(session: Session): Promise<LabHost> {
  const host = await currentHost(session.at);
  if (host !== undefined) return host;
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    throw new SetupError(
      "no Docker daemon answers, and a private one needs Linux and root: start Docker (or set DOCKER_HOST), then run again",
    );
  }
  const ready = await provide(docker, session);
  return whileMaking(session, `host-${session.at.lab}`, "starting the lab host", () =>
    session.progress.step(
      `private Docker daemon for lab "${session.at.lab}"`,
      () => startPrivateHost(session.at, ready.dir),
      (started) => started.dockerHost,
    ),
  );
}
