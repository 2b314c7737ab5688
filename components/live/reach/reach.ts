/**
 * How one gets to a speaker: the second axis beside its system. Docker's is written into the state as `container`, as it
 * was before there were others, so that a stack that is up stays as it is.
 */

/** A router or node that runs an SSH server. Without `key`, the agent of whoever runs the program answers. */
export interface SshReach {
  by: "ssh";
  host: string;
  user: string;
  /** Private key in OpenSSH's or PEM form, without a passphrase. */
  key?: string;
  /** The only host key that is accepted: a line of known_hosts or a .pub file, or its fingerprint "SHA256:...". */
  hostKey: string;
  /** Default 22. */
  port?: number;
  /** Whether programs run by sudo, which must not ask for a password. */
  sudo?: boolean;
  /** Seconds within which the gate must confirm a pushed configuration; otherwise the router goes back by itself. Default 180. */
  confirmWithin?: number;
}

/** A switch with EOS whose eAPI answers over HTTPS. */
export interface EapiReach {
  by: "eapi";
  /** Where it answers: "https://tor1.example", with a port where that is not 443. */
  url: string;
  user: string;
  password: string;
  /** The authority that signed the switch's certificate, or a certificate that signed itself, as PEM. Default: those of Node.js. */
  authority?: string;
  /** The only certificate that is accepted, by its SHA-256 fingerprint, "AB:CD:..."; who signed it and for which name is not looked at then. */
  fingerprint?: string;
  /** Seconds within which the gate must confirm a pushed configuration; otherwise the switch goes back by itself. Default 180. */
  confirmWithin?: number;
}

export type Reach =
  | { by: "docker"; container: string }
  | SshReach
  | EapiReach
  | { by: "pod"; kubeconfig: string; namespace: string; pod: string; container?: string };

/** A reach as a resource's inputs hold it. */
export type At = { container: string } | { reach: Reach };

export function reachOf(at: At): Reach {
  return "reach" in at ? at.reach : { by: "docker", container: at.container };
}

/** Where it leads, for messages. */
export function placeOf(reach: Reach): string {
  switch (reach.by) {
    case "docker":
      return reach.container;
    case "ssh":
      return reach.host;
    case "eapi":
      return reach.url;
    case "pod":
      return `${reach.namespace}/${reach.pod}`;
  }
}

const CONFIRM_SECONDS = 180;

/**
 * Seconds that a pushed configuration may stay unconfirmed; undefined where nothing needs to be confirmed: a container of
 * the lab is reached through Docker, whatever its routes are.
 */
export function confirmSeconds(reach: Reach): number | undefined {
  return reach.by === "ssh" || reach.by === "eapi" ? (reach.confirmWithin ?? CONFIRM_SECONDS) : undefined;
}
