/** A running daemon of one system: how it is asked and configured. The way to it is reach/'s. */
import type { Observation } from "../observation";
import { type Reach, confirmSeconds } from "../reach/reach";
import { shellOf } from "../reach";
import type { Shell } from "../shell";
import { httpStatus } from "./http";

/** What is looked at besides the sessions. A router always shows its routes. */
export interface Wanted {
  routes: boolean;
}

/**
 * What of a router that exists is the program's: its BGP, with the lists and policies that a text names. Whatever else the
 * router runs is read, and never changed. `earlier` is the text before a change: what it had and the new one has not goes.
 */
export interface Part<At> {
  /** What a push would change, before it is made. Nothing is sent to the router that changes it. */
  compare(this: void, at: At, text: string, earlier?: string): Promise<Comparison>;
  /** Puts the text in, to be confirmed or abandoned; returns what stood in the place of what is new to the program. */
  push(this: void, at: At, text: string, earlier?: string): Promise<string>;
  /** The program's part as it runs, in the text's words: equal to the text when nothing differs. */
  running(this: void, at: At, text: string): Promise<string>;
  /** Takes the text away, puts back what stood in its place before the first push, and keeps that. */
  restore(this: void, at: At, text: string, before: string): Promise<void>;
}

export interface Comparison {
  /** "+ router bgp 65001 / neighbor 10.0.0.9 remote-as 65009", a line each. */
  changes: string[];
  /** The difference in the router's own words, where it has some. */
  said?: string;
  /** Why the router would not take the text, or the forecast would not hold for it. */
  faults: string[];
  /** Neighbors that the router has, and the text and its earlier one have not. */
  foreign: string[];
}

export interface LiveSystem {
  /** Whether the daemon answers. */
  answers(this: void, at: Reach): Promise<boolean>;
  /** Its sessions, and its routes where the gate compares routes. */
  observe(this: void, at: Reach, speaker: string, wanted?: Wanted): Promise<Observation>;
  /** The daemon's name and version, "FRR 8.4.4". */
  version?(this: void, at: Reach): Promise<string | undefined>;
  /** How the library configures it; a CNI's own daemon has none. */
  configuration?: {
    /** Keeps what was pushed last. */
    confirm(this: void, at: Reach): Promise<void>;
    /** Returns at once to what ran before a push that is not confirmed. */
    abandon(this: void, at: Reach): Promise<void>;
  };
  /** How it is configured where its whole configuration is the program's. */
  whole?: {
    /**
     * Puts the text in as the whole configuration; unchanged neighbors keep their sessions. Where the way asks for it
     * (confirmSeconds), the router returns by itself to what it ran before, unless the push is confirmed in time.
     */
    push(this: void, at: Reach, text: string): Promise<void>;
    /** The configuration that runs, in the text's words: equal to the text when nothing differs. */
    running(this: void, at: Reach, text: string): Promise<string>;
  };
  /** How it is configured where a part of its configuration is the program's. */
  part?: Part<Reach>;
  /** HTTP status of an address, asked from where the daemon runs; undefined without an answer. */
  probe?(this: void, at: Reach, url: string): Promise<string | undefined>;
}

/** A system that is asked through a shell: all that it needs is a way to run programs. */
export interface ShellSystem {
  answers(this: void, shell: Shell): Promise<boolean>;
  observe(this: void, shell: Shell, speaker: string, wanted?: Wanted): Promise<Observation>;
  /** The daemon's name and version. */
  version?(this: void, shell: Shell): Promise<string | undefined>;
  configuration?: {
    /** With `seconds`, the router returns by itself unless the push is confirmed within them. */
    push(this: void, shell: Shell, text: string, seconds?: number): Promise<void>;
    confirm(this: void, shell: Shell): Promise<void>;
    abandon(this: void, shell: Shell): Promise<void>;
    running(this: void, shell: Shell, text: string): Promise<string>;
  };
  /** Over ways on which a push must be confirmed. */
  part?: Part<TimedShell>;
}

/** A shell, and the seconds within which a push over it must be confirmed. */
export interface TimedShell {
  shell: Shell;
  seconds: number;
}

function timed(at: Reach): TimedShell {
  const [shell, seconds] = [shellOf(at), confirmSeconds(at)];
  if (seconds === undefined) throw new Error(`${shell.name}: no push over this way can be confirmed`);
  return { shell, seconds };
}

export function overShell({ answers, observe, version, configuration, part }: ShellSystem): LiveSystem {
  return {
    answers: (at) => answers(shellOf(at)),
    observe: (at, speaker, wanted) => observe(shellOf(at), speaker, wanted),
    probe: (at, url) => httpStatus(shellOf(at), url),
    ...(version === undefined ? {} : { version: (at: Reach) => version(shellOf(at)) }),
    ...(configuration === undefined
      ? {}
      : {
          configuration: {
            confirm: (at) => configuration.confirm(shellOf(at)),
            abandon: (at) => configuration.abandon(shellOf(at)),
          },
          whole: {
            push: (at, text) => configuration.push(shellOf(at), text, confirmSeconds(at)),
            running: (at, text) => configuration.running(shellOf(at), text),
          },
        }),
    ...(part === undefined
      ? {}
      : {
          part: {
            compare: (at, text, earlier) => part.compare(timed(at), text, earlier),
            push: (at, text, earlier) => part.push(timed(at), text, earlier),
            running: (at, text) => part.running(timed(at), text),
            restore: (at, text, before) => part.restore(timed(at), text, before),
          },
        }),
  };
}
