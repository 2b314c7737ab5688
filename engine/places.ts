/**
 * Where the engine keeps things: the cache of what it made, the state of a lab, and the sockets of a private daemon.
 * All of it lies outside the checkout, so that every clone shares it and a checkout can be thrown away.
 */
import * as os from "node:os";
import * as path from "node:path";

export interface Places {
  /** What can be made again: parts, scratch, logs. */
  cache: string;
  /** What a lab remembers: Pulumi's state, the private daemon's data. */
  state: string;
  /** Sockets and pid files of a private daemon; short, because a socket's path is. */
  run: string;
  /** The lab's name: several may run beside each other. */
  lab: string;
  /** The root of this checkout. */
  checkout: string;
}

type Environment = Record<string, string | undefined>;

const LAB_NAME = /^[a-z][a-z0-9-]{0,19}$/;

export function places(env: Environment = process.env, checkout = findCheckout()): Places {
  const home = env["HOME"] ?? os.homedir();
  const lab = env["BGPFABRIC_LAB"] || "lab";
  if (!LAB_NAME.test(lab)) {
    throw new SetupError(
      `BGPFABRIC_LAB=${lab}: a lab's name has 1 to 20 lower-case letters, digits and dashes, a letter first`,
    );
  }
  return {
    cache: path.join(env["XDG_CACHE_HOME"] || path.join(home, ".cache"), "bgpfabric"),
    state: path.join(env["XDG_STATE_HOME"] || path.join(home, ".local", "state"), "bgpfabric", lab),
    run: path.join("/run/bgpfabric", lab),
    lab,
    checkout,
  };
}

/** dist/engine and engine lie at different depths below the checkout's root. */
function findCheckout(): string {
  const here = __dirname;
  const parent = path.dirname(here);
  return path.basename(parent) === "dist" ? path.dirname(parent) : parent;
}

/** An error that is the user's to mend: printed as it stands, without a stack. */
export class SetupError extends Error {}
