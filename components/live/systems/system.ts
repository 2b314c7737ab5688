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

export interface LiveSystem {
  /** Whether the daemon answers. */
  answers(this: void, at: Reach): Promise<boolean>;
  /** Its sessions, and its routes where the gate compares routes. */
  observe(this: void, at: Reach, speaker: string, wanted?: Wanted): Promise<Observation>;
  /** How the library configures it; a CNI's own daemon has none. */
  configuration?: {
    /**
     * Puts the text in as the whole configuration; unchanged neighbors keep their sessions. Where the way asks for it
     * (confirmSeconds), the router returns by itself to what it ran before, unless the push is confirmed in time.
     */
    push(this: void, at: Reach, text: string): Promise<void>;
    /** Keeps what was pushed last. */
    confirm(this: void, at: Reach): Promise<void>;
    /** Returns at once to what ran before a push that is not confirmed. */
    abandon(this: void, at: Reach): Promise<void>;
    /** The configuration that runs, in the text's words: equal to the text when nothing differs. */
    running(this: void, at: Reach, text: string): Promise<string>;
  };
  /** HTTP status of an address, asked from where the daemon runs; undefined without an answer. */
  probe?(this: void, at: Reach, url: string): Promise<string | undefined>;
}

/** A system that is asked through a shell: all that it needs is a way to run programs. */
export interface ShellSystem {
  answers(this: void, shell: Shell): Promise<boolean>;
  observe(this: void, shell: Shell, speaker: string, wanted?: Wanted): Promise<Observation>;
  configuration?: {
    /** With `seconds`, the router returns by itself unless the push is confirmed within them. */
    push(this: void, shell: Shell, text: string, seconds?: number): Promise<void>;
    confirm(this: void, shell: Shell): Promise<void>;
    abandon(this: void, shell: Shell): Promise<void>;
    running(this: void, shell: Shell, text: string): Promise<string>;
  };
}

export function overShell({ answers, observe, configuration }: ShellSystem): LiveSystem {
  return {
    answers: (at) => answers(shellOf(at)),
    observe: (at, speaker, wanted) => observe(shellOf(at), speaker, wanted),
    probe: (at, url) => httpStatus(shellOf(at), url),
    ...(configuration === undefined
      ? {}
      : {
          configuration: {
            push: (at, text) => configuration.push(shellOf(at), text, confirmSeconds(at)),
            confirm: (at) => configuration.confirm(shellOf(at)),
            abandon: (at) => configuration.abandon(shellOf(at)),
            running: (at, text) => configuration.running(shellOf(at), text),
          },
        }),
  };
}
