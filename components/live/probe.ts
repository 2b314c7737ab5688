/** Asks from a speaker, or from a pod on it, whether something answers: over HTTP, to a ping, or hop by hop. */
import type { LiveSpeaker } from "./observation";
import { insidePod } from "./podShell";
import { reachOf } from "./reach/reach";
import { shellOf } from "./reach";
import type { Shell } from "./shell";
import { httpStatus } from "./systems/http";

export interface Probe {
  /** Who asks: the speaker's name. */
  from: string;
  /** The pod that asks, "NAMESPACE/NAME", on that node. */
  pod?: string;
  /** What is asked over HTTP. */
  url?: string;
  /** What is pinged. */
  to?: string;
  by?: "ping" | "path";
  /** The way that was forecast: the speakers of each step, with the addresses that they may show. */
  path?: { speaker: string; addresses: string[] }[][];
}

const LONGEST = 16;

export async function ask(speakers: readonly LiveSpeaker[], probe: Probe): Promise<{ ok: boolean; said: string }> {
  const { from, pod, url, to = "", by = "ping" } = probe;
  const who = pod === undefined ? from : `pod ${pod} on ${from}`;
  const speaker = speakers.find(({ name }) => name === from);
  if (speaker === undefined) return { ok: false, said: `${url ?? to} from ${who}: nothing there can ask` };
  const shell = pod === undefined ? shellOf(reachOf(speaker)) : insidePod(shellOf(reachOf(speaker)), pod);
  if (url !== undefined) {
    const status = await httpStatus(shell, url);
    if (status === "200") return { ok: true, said: `${url} from ${who}: 200` };
    const lost = probe.path === undefined ? "" : await whereItEnds(shell, hostOf(url), probe);
    return { ok: false, said: `${url} from ${who}: ${status ?? "no answer"}${lost}` };
  }
  const { code, stdout } = await shell.run(["ping", "-c", "3", "-i", "0.2", "-W", "1", to]);
  const answered = /(\d+) received/.exec(stdout)?.[1] ?? "0";
  const said = `ping ${to} from ${who}: ${answered} of 3 answered`;
  if (code !== 0) return { ok: false, said: `${said}${await whereItEnds(shell, to, probe)}` };
  if (by === "ping") return { ok: true, said };
  const hops = await trace(shell, to);
  const wrong = differing(hops, probe);
  const way = hops.map((hop) => nameOf(hop, probe)).join(", ");
  return { ok: wrong === undefined, said: `${said}, by ${way}${wrong === undefined ? "" : `; ${wrong}`}` };
}

/** Addresses that answer on the way, one a hop, "*" where none does; ends with the destination when it is reached. */
export async function trace(shell: Shell, to: string): Promise<string[]> {
  const hops: string[] = [];
  let silent = 0;
  for (let ttl = 1; ttl <= LONGEST && silent < 2; ttl++) {
    const { stdout } = await shell.run(["ping", "-n", "-c", "1", "-W", "1", "-t", String(ttl), to]);
    if (/bytes from/.test(stdout)) return [...hops, to];
    const hop = /From (\S+?):? icmp_seq.*exceeded/i.exec(stdout)?.[1];
    silent = hop === undefined ? silent + 1 : 0;
    hops.push(hop ?? "*");
  }
  return hops;
}

/** The first hop that is none of those forecast for its step, in words. */
export function differing(hops: readonly string[], { pod, path = [] }: Probe): string | undefined {
  // From a pod the node itself is the first hop; a speaker does not count itself.
  const steps = pod === undefined ? path.slice(1) : path;
  for (const [index, hop] of hops.slice(0, -1).entries()) {
    const step = steps[index];
    const names = step?.map(({ speaker }) => speaker).join(" or ");
    if (step?.some(({ addresses }) => addresses.includes(hop)) === true) continue;
    return `hop ${index + 1} is ${hop}, forecast is ${names ?? "the destination"}`;
  }
  return undefined;
}

async function whereItEnds(shell: Shell, to: string, probe: Probe): Promise<string> {
  const hops = await trace(shell, to);
  const last = hops.filter((hop) => hop !== "*").at(-1);
  const next = (probe.pod === undefined ? probe.path?.slice(1) : probe.path)?.[
    hops.filter((hop) => hop !== "*").length
  ];
  const expected =
    next === undefined ? "" : `; the next hop would be ${next.map(({ speaker }) => speaker).join(" or ")}`;
  return `; ${last === undefined ? "no hop answers" : `the last hop that answers is ${nameOf(last, probe)}`}${expected}`;
}

function nameOf(hop: string, { path = [] }: Probe): string {
  const speaker = path.flat().find(({ addresses }) => addresses.includes(hop))?.speaker;
  return speaker === undefined ? hop : `${speaker} (${hop})`;
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, "");
}
