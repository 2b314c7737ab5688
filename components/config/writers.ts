/**
 * Who writes the configuration of which system: one line a system. The values of passwords are the caller's; a Network
 * knows their names.
 */
import type { Network, Speaker, System } from "../bgp/network";
import { type Result, fail } from "../model/errors";
import { writeBird } from "./bird";
import type { Secrets } from "./draft";
import { writeEos } from "./eos";
import { writeFrr } from "./frr";
import { writeGobgp } from "./gobgp";
import { effective } from "./settings";

/** What a configuration leaves to where the router runs; a writer takes of it what its system knows. */
export interface WriteOptions {
  /**
   * "bgp": BGP, with the lists, policies and BFD profiles that it uses, for a router whose other settings are not the
   * program's. Default "all".
   */
  part?: "all" | "bgp";
  /** "elsewhere": Docker or the host sets the interfaces' addresses. Default "here". */
  addresses?: "here" | "elsewhere";
  /** What the machine forwards. Default: both families. */
  forwarding?: { ipv4: boolean; ipv6: boolean };
}

type Writer = (network: Network, name: string, options: WriteOptions & { secrets?: Secrets }) => Result<string>;

/** A system that is not here has no configuration of its own: its cluster's objects are all there is. */
export const WRITERS: Readonly<Partial<Record<System, Writer>>> = {
  frr: writeFrr,
  eos: writeEos,
  bird: writeBird,
  gobgp: writeGobgp,
};

/** The speaker's whole configuration in its system's words. */
export function writeSpeaker(
  network: Network,
  { name, dialect: { system } }: Speaker,
  options: WriteOptions & { secrets?: Secrets } = {},
): Result<string> {
  const write = WRITERS[system];
  if (write !== undefined) return write(network, name, options);
  return fail({
    path: name,
    found: system,
    expected: "a system with a configuration of its own",
    fix: "it is configured by its cluster's objects alone",
  });
}

/** Names of the passwords that the speaker's configuration holds. */
export function secretsOf(speaker: Speaker): string[] {
  const neighbors = speaker.neighbors.map((neighbor) => effective(speaker, neighbor));
  const settings = [...neighbors, ...Object.values(speaker.groups ?? {})];
  return [...new Set(settings.flatMap(({ password }) => (password === undefined ? [] : [password])))].sort();
}
