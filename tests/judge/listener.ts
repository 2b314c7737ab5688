/**
 * Routers that only listen: they take every session that is dialled to one of their addresses, write down what comes, and
 * announce nothing. Not for sessions with a password, which Node.js cannot set on a socket.
 */
import { createServer, type Server, type Socket } from "node:net";
import { type Announced, MESSAGE, type Open, message, openOf, readOpen, readUpdate, split } from "./messages";

export interface Router {
  name: string;
  address: string;
  asn: number;
}

/** One session as the listener sees it. */
export interface Heard {
  router: Router;
  /** Address that it was dialled from. */
  from: string;
  open: Open;
  up: boolean;
  paths: Map<string, Announced>;
}

const PORT = 179;
const HOLD = 90;
/** A third of the shortest hold time that a set asks for. */
const KEEPALIVE_MS = 3_000;

export class Listener {
  /** When something was heard last. */
  changed = Date.now();
  private routers: readonly Router[] = [];
  private readonly sessions = new Map<Socket, Heard>();
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;

  async start(): Promise<void> {
    const server = createServer((socket) => this.take(socket));
    this.server = server;
    await new Promise<void>((ready, fail) => {
      server.once("error", fail);
      server.listen({ port: PORT, host: "::" }, ready);
    });
  }

  stop(): void {
    this.server?.close();
    for (const socket of this.sockets) socket.destroy();
  }

  /** The routers of the next set; sessions of the last one end. */
  expect(routers: readonly Router[]): void {
    this.routers = routers;
    for (const socket of this.sockets) socket.destroy();
    this.changed = Date.now();
  }

  /** Sessions that are established now. */
  get heard(): Heard[] {
    return [...this.sessions.values()].filter(({ up }) => up);
  }

  private take(socket: Socket): void {
    const router = this.routers.find(({ address }) => address === plain(socket.localAddress));
    if (router === undefined) {
      socket.destroy();
      return;
    }
    this.sockets.add(socket);
    socket.setNoDelay(true);
    socket.write(openOf({ asn: router.asn, hold: HOLD, routerId: routerId(router) }));
    const alive = setInterval(() => socket.write(message(MESSAGE.keepalive)), KEEPALIVE_MS);
    let buffer = Buffer.alloc(0);
    socket.on("data", (data) => {
      const { messages, rest } = split(Buffer.concat([buffer, data]));
      buffer = Buffer.from(rest);
      for (const { type, body } of messages) this.hear(socket, router, type, body);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearInterval(alive);
      this.sockets.delete(socket);
      // One that was refused comes again and again, and changes nothing.
      if (this.sessions.get(socket)?.up === true) this.changed = Date.now();
      this.sessions.delete(socket);
    });
  }

  private hear(socket: Socket, router: Router, type: number, body: Buffer): void {
    if (type === MESSAGE.open) {
      const open = readOpen(body);
      this.sessions.set(socket, { router, from: plain(socket.remoteAddress), open, up: false, paths: new Map() });
      socket.write(message(MESSAGE.keepalive));
      return;
    }
    const session = this.sessions.get(socket);
    if (session === undefined) return;
    if (type === MESSAGE.keepalive && !session.up) {
      session.up = true;
      this.changed = Date.now();
    } else if (type === MESSAGE.update) {
      const { announced, withdrawn } = readUpdate(body);
      for (const prefix of withdrawn) session.paths.delete(prefix);
      for (const path of announced) session.paths.set(path.prefix, path);
      if (withdrawn.length + announced.length > 0) this.changed = Date.now();
    } else if (type === MESSAGE.notification) socket.destroy();
  }
}

/** IPv4 addresses of a socket that listens to both families stand inside IPv6 ones. */
function plain(address: string | undefined): string {
  return (address ?? "").replace(/^::ffff:/, "");
}

export function routerId({ address }: Router): string {
  return address.includes(":") ? `192.0.2.${address.split(":").at(-1) ?? "1"}` : address;
}
