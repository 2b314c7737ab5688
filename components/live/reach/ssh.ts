/**
 * A shell over SSH. The server's key is pinned, programs get their input on standard input, and the programs of one router
 * share a connection, which closes when it has been idle for a moment.
 */
import { Client, type ClientChannel, type ConnectConfig, type ServerHostKeyAlgorithm } from "ssh2";
import type { Ran, Shell } from "../shell";
import { fingerprintOf, isPinned, keyType, readHostKey } from "./hostKey";
import type { SshReach } from "./reach";

const CONNECT_MS = 20_000;
const KEEPALIVE_MS = 5_000;
/** Unanswered keepalives after which the connection counts as lost. */
const KEEPALIVES = 3;
const IDLE_MS = 2_000;
/** frr-reload takes a second for a large configuration on a slow machine; a slow link adds to it. */
const PROGRAM_MS = 180_000;
/** OpenSSH's MaxSessions is 10 unless configured. */
const AT_ONCE = 4;
const OPEN_AGAIN_MS = 100;

/** Connections by the way that they lead. */
const connections = new Map<string, Connection>();

export function sshShell(reach: SshReach): Shell {
  return {
    name: reach.host,
    run: async (command, input) => {
      const key = JSON.stringify(reach);
      const connection =
        connections.get(key) ??
        new Connection(reach, (one) => {
          if (connections.get(key) === one) connections.delete(key);
        });
      if (!connection.isLost) connections.set(key, connection);
      return connection.run(commandLine(command, reach.sudo === true), input);
    },
  };
}

/** sshd gives its text to the user's shell: each word is quoted. */
export function commandLine(command: readonly string[], sudo: boolean): string {
  const words = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  return sudo ? `sudo -n -- ${words}` : words;
}

/** One connection to a router, and the programs that run over it. */
class Connection {
  private readonly client = new Client();
  private readonly ready: Promise<void>;
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  private lost: Error | undefined;
  private readonly onLost = new Set<(error: Error) => void>();
  private idle: NodeJS.Timeout | undefined;

  constructor(
    private readonly reach: SshReach,
    private readonly gone: (one: Connection) => void,
  ) {
    let refused: string | undefined;
    this.ready = new Promise((resolve, reject) => {
      const end = (error?: Error) => {
        this.gone(this);
        this.lost ??= this.say(refused ?? error?.message ?? "the connection was closed");
        reject(this.lost);
        for (const tell of this.onLost) tell(this.lost);
      };
      this.client
        .on("ready", resolve)
        .on("error", end)
        .on("close", () => end());
      try {
        this.client.connect(settings(reach, (why) => (refused = why)));
      } catch (error) {
        // A private key that cannot be read is reported here; the message does not hold it.
        end(error instanceof Error ? error : undefined);
      }
    });
    this.ready.catch(() => undefined);
  }

  get isLost(): boolean {
    return this.lost !== undefined;
  }

  async run(line: string, input: string | undefined): Promise<Ran> {
    clearTimeout(this.idle);
    if (this.running >= AT_ONCE) await new Promise<void>((next) => this.waiting.push(next));
    this.running += 1;
    clearTimeout(this.idle);
    try {
      await this.ready;
      return await this.exec(line, input);
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
      if (this.running === 0) {
        this.idle = setTimeout(() => this.close(), IDLE_MS);
        this.idle.unref();
      }
    }
  }

  private close(): void {
    this.gone(this);
    this.client.end();
  }

  private exec(line: string, input: string | undefined): Promise<Ran> {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => fail(this.say(`a program did not end within ${PROGRAM_MS / 1000} s`)), PROGRAM_MS);
      const settle = () => {
        clearTimeout(limit);
        this.onLost.delete(fail);
      };
      const fail = (error: Error) => {
        settle();
        reject(error);
      };
      if (this.lost !== undefined) return fail(this.lost);
      this.onLost.add(fail);
      let tries = 20;
      const open = (error: Error | undefined, channel: ClientChannel) => {
        if (error !== undefined) {
          // The server still counts programs that have just ended; this one has not begun.
          if (this.lost !== undefined || tries <= 0) return fail(this.say(error.message));
          tries -= 1;
          setTimeout(() => this.lost === undefined && this.client.exec(line, open), OPEN_AGAIN_MS);
          return;
        }
        collect(channel, input, (ran) => {
          settle();
          // Without an exit status the server went away, or a signal ended the program: neither is success.
          if (ran === undefined) reject(this.say("the connection was lost before the program ended"));
          else resolve(ran);
        });
      };
      try {
        this.client.exec(line, open);
      } catch (error) {
        // The socket is closed, and that has not been reported yet: the next program gets a connection of its own.
        this.gone(this);
        fail(this.say(error instanceof Error ? error.message : String(error)));
      }
    });
  }

  private say(why: string): Error {
    const { host, port = 22, user } = this.reach;
    return new Error(`${user}@${host}:${port}: ${why}`);
  }
}

function collect(channel: ClientChannel, input: string | undefined, done: (ran: Ran | undefined) => void): void {
  const [stdout, stderr]: Buffer[][] = [[], []];
  let code: number | undefined;
  channel.on("data", (chunk: Buffer) => stdout?.push(chunk));
  channel.stderr.on("data", (chunk: Buffer) => stderr?.push(chunk));
  channel.on("exit", (status: number | null) => (code = status ?? undefined));
  const text = (chunks: Buffer[] = []) => Buffer.concat(chunks).toString("utf8");
  channel.on("close", () =>
    done(code === undefined ? undefined : { code, stdout: text(stdout), stderr: text(stderr) }),
  );
  channel.on("error", () => undefined);
  channel.end(input ?? "");
}

function settings({ host, port, user, key, hostKey }: SshReach, refuse: (why: string) => void): ConnectConfig {
  const pinned = readHostKey(hostKey);
  if (pinned === undefined) {
    throw new Error('hostKey is no public key and no fingerprint: "ssh-ed25519 AAAA..." or "SHA256:..." is wanted');
  }
  const agent = process.env["SSH_AUTH_SOCK"];
  if (key === undefined && (agent === undefined || agent === "")) {
    throw new Error("no key is given, and no agent runs (SSH_AUTH_SOCK): give reach.key or start an agent");
  }
  return {
    host,
    port: port ?? 22,
    username: user,
    ...(key === undefined ? { agent: agent ?? "" } : { privateKey: key }),
    readyTimeout: CONNECT_MS,
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: KEEPALIVES,
    ...(pinned.type === undefined ? {} : { algorithms: { serverHostKey: algorithms(pinned.type) } }),
    hostVerifier: (shown: Buffer) => {
      if (isPinned(shown, pinned)) return true;
      refuse(
        `the host key is ${keyType(shown)} ${fingerprintOf(shown)}, and reach.hostKey pins ${pinned.fingerprint}: ` +
          "another machine answers, or the router was set up anew; nothing was sent to it",
      );
      return false;
    },
  };
}

/** An RSA key signs with SHA-2; its first, SHA-1, is refused by both sides today. */
function algorithms(type: string): ServerHostKeyAlgorithm[] {
  return (type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type]) as ServerHostKeyAlgorithm[];
}
