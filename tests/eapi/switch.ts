/**
 * A switch of the tests' own that speaks eAPI over HTTPS on loopback: it keeps a running configuration, configuration
 * sessions and a commit timer, and refuses what it does not know in EOS's words. No EOS runs in it. What it answers has the
 * form of published captures: Batfish's lab validation (cEOS 4.2x), NAPALM's mocked answers (4.15 to 4.3x).
 */
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { EapiReach } from "../../components/live/reach/reach";
import { type Certificates, certificates } from "./certificates";
import { type Config, Editor, Refused, copy, print, unified } from "./config";
import { type World, bgpDetail, bgpSummary, ipRoutes } from "./shows";

interface Session {
  state: "pending" | "pendingCommitTimer" | "completed";
  candidate: Config;
  before?: Config;
  timer?: NodeJS.Timeout;
}

export interface Switch {
  reach: EapiReach;
  certificates: Certificates;
  /** What the switch's neighbors do. */
  world: World;
  running(): string;
  startup(): string;
  /** Names of files on its flash. */
  flash: Map<string, string>;
  sessions(): string[];
  /** Somebody at the console. */
  byHand(...commands: string[]): void;
  /** Connections are cut while this holds for one of a call's commands. */
  cutAt: (command: string) => boolean;
  calls: number;
  stop(): Promise<void>;
}

const PENDING_AT_MOST = 5;
export async function eosSwitch(version = "4.32.0F"): Promise<Switch> {
  const its = certificates();
  let running: Config = [];
  let startup = "";
  const sessions = new Map<string, Session>();
  const open = new Set<Duplex>();
  const flash = new Map<string, string>();

  const configure = (config: Config, commands: readonly string[]) => {
    const editor = new Editor(config);
    for (const command of commands) editor.run(command);
  };

  const timed = (): string | undefined => [...sessions].find(([, { state }]) => state === "pendingCommitTimer")?.[0];

  const end = (name: string, how: "commit" | "abort", seconds?: number) => {
    const session = sessions.get(name);
    if (session === undefined) throw new Refused(`Session ${name} does not exist`);
    if (session.state === "pendingCommitTimer") {
      clearTimeout(session.timer);
      if (how === "abort") running = session.before ?? running;
      session.state = "completed";
      if (how === "abort") sessions.delete(name);
      return;
    }
    if (how === "abort") return void sessions.delete(name);
    const other = timed();
    if (other !== undefined)
      throw new Refused(`Cannot commit session ${name}: another session ${other} is pending commit timer`);
    session.before = running;
    running = copy(session.candidate);
    session.state = seconds === undefined ? "completed" : "pendingCommitTimer";
    if (seconds !== undefined) session.timer = setTimeout(() => end(name, "abort"), seconds * 1000);
  };

  const enter = (name: string): Session => {
    const known = sessions.get(name);
    if (known?.state === "completed") throw new Refused(`Cannot enter session ${name}: it is already completed`);
    if (known?.state === "pendingCommitTimer") throw new Refused(`Cannot enter session ${name}: pendingCommitTimer`);
    if (known !== undefined) return known;
    if ([...sessions.values()].filter(({ state }) => state === "pending").length >= PENDING_AT_MOST) {
      throw new Refused(
        "Maximum number of pending sessions has been reached. Please commit or abort previous sessions",
      );
    }
    const session: Session = { state: "pending", candidate: copy(running) };
    sessions.set(name, session);
    return session;
  };

  /** One call: commands in a row, in the mode that the ones before have led to. */
  const call = (commands: readonly string[], format: string): unknown[] => {
    let inside: { name: string; editor: Editor } | undefined;
    const answers: unknown[] = [];
    for (const [index, command] of commands.entries()) {
      try {
        if (self.cutAt(command)) throw new Cut();
        const answer = ((): unknown => {
          if (command === "enable") return {};
          const session = /^configure session (\S+)(?: (commit|abort)(?: timer (\d+):(\d+):(\d+))?)?$/.exec(command);
          if (session !== null) {
            const [, name = "", how, hours, minutes, rest] = session;
            if (how === undefined) {
              inside = { name, editor: new Editor(enter(name).candidate) };
            } else {
              const seconds =
                hours === undefined ? undefined : Number(hours) * 3600 + Number(minutes) * 60 + Number(rest);
              end(name, how as "commit" | "abort", seconds);
            }
            return {};
          }
          if (inside !== undefined && !command.startsWith("show ")) {
            if (inside.editor.run(command)) inside = undefined;
            return {};
          }
          return show(command, format);
        })();
        answers.push(answer);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        const message = `CLI command ${index + 1} of ${commands.length} '${command}' failed: invalid command`;
        throw new Failed({ code: 1002, message, data: [...answers, { errors: [error.message] }] });
      }
    }
    return answers;
  };

  const show = (command: string, format: string): unknown => {
    const text = (output: string) => {
      if (format !== "text") throw new Refused(`Command cannot be used over the API at this time: ${command}`);
      return { output };
    };
    const named = /^show session-config named (\S+?)( diffs)?$/.exec(command);
    if (named !== null) {
      const session = sessions.get(named[1] ?? "");
      if (session === undefined) throw new Refused(`Session ${named[1] ?? ""} does not exist`);
      const candidate = print(session.candidate);
      return text(named[2] === undefined ? candidate : unified(print(running), candidate, named[1] ?? ""));
    }
    const copied = /^copy running-config flash:(\S+)$/.exec(command)?.[1];
    if (copied !== undefined) {
      flash.set(copied, print(running));
      return { messages: ["Copy completed successfully."] };
    }
    switch (command) {
      case "show version":
        return { version, modelName: "cEOSLab", internalVersion: `${version}-1` };
      case "show running-config":
        return text(
          `! Command: show running-config\n! device: tor1 (cEOSLab, EOS-${version})\n!\n${print(running)}!\nend\n`,
        );
      case "show configuration sessions":
        return {
          maxSavedSessions: 1,
          maxOpenSessions: PENDING_AT_MOST,
          sessions: Object.fromEntries(
            [...sessions].map(([name, { state }]) => [name, { state, commitUser: "", description: "", instances: {} }]),
          ),
        };
      case "write memory":
        startup = print(running);
        return { messages: ["Copy completed successfully."] };
      case "show ip bgp summary vrf all":
        return bgpSummary(print(running), self.world);
      case "show ip bgp detail":
        return bgpDetail(print(running), self.world);
      case "show ip route":
        return ipRoutes(print(running), self.world);
    }
    const words = command.split(" ");
    throw new Refused(
      `Invalid input (at token ${words[0] === "show" ? 1 : 0}: '${words[words[0] === "show" ? 1 : 0] ?? ""}')`,
    );
  };

  const server = createServer({ key: its.key, cert: its.certificate }, (asked, answer) => {
    void (async () => {
      self.calls += 1;
      const expected = `Basic ${Buffer.from("admin:s3cret-of-the-switch").toString("base64")}`;
      if (asked.headers.authorization !== expected) return answer.writeHead(401).end("Unauthorized");
      if (asked.url !== "/command-api") return answer.writeHead(404).end();
      const { params, id } = JSON.parse(await bodyOf(asked)) as {
        params: { cmds: string[]; format: string };
        id: string;
      };
      try {
        const result = call(params.cmds, params.format);
        return answer.end(JSON.stringify({ jsonrpc: "2.0", id, result }));
      } catch (error) {
        if (error instanceof Cut) return asked.socket.destroy();
        if (error instanceof Failed) return answer.end(JSON.stringify({ jsonrpc: "2.0", id, error: error.what }));
        throw error;
      }
    })();
  });
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const self: Switch = {
    reach: {
      by: "eapi",
      url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      user: "admin",
      password: "s3cret-of-the-switch",
      authority: its.authority,
    },
    certificates: its,
    world: { established: () => false, routes: [] },
    running: () => print(running),
    startup: () => startup,
    flash,
    sessions: () => [...sessions].filter(([, { state }]) => state !== "completed").map(([name]) => name),
    byHand: (...commands) => configure(running, commands),
    cutAt: () => false,
    calls: 0,
    stop: async () => {
      for (const { timer } of sessions.values()) clearTimeout(timer);
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
  return self;
}

class Cut extends Error {}

class Failed extends Error {
  constructor(readonly what: { code: number; message: string; data: unknown[] }) {
    super(what.message);
  }
}

async function bodyOf(asked: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of asked) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
