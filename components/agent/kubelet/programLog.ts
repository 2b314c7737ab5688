/** What a pod's program wrote last, line by line, and whoever follows it. Kept in memory: it ends with the program. */
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

export interface LogLine {
  /** ISO 8601. */
  time: string;
  stream: "Stdout" | "Stderr";
  text: string;
}

/** A line of an access log has about 100 bytes: a pod holds 200 KB at most. */
const KEPT = 2_000;

export class ProgramLog {
  private readonly kept: LogLine[] = [];
  private readonly followers = new Set<{ line: (line: LogLine) => void; end: () => void }>();
  private ended = false;

  get lines(): readonly LogLine[] {
    return this.kept;
  }

  /** Takes in each line of the program's output from now on. */
  take(from: Readable, stream: LogLine["stream"]): void {
    createInterface({ input: from }).on("line", (text) => this.add({ time: new Date().toISOString(), stream, text }));
  }

  add(line: LogLine): void {
    this.kept.push(line);
    if (this.kept.length > KEPT) this.kept.shift();
    for (const follower of this.followers) follower.line(line);
  }

  /** The program has ended: no line follows. */
  end(): void {
    this.ended = true;
    for (const follower of this.followers) follower.end();
    this.followers.clear();
  }

  /** Calls `line` for each new line until the log ends, or until the returned function is called. */
  follow(line: (line: LogLine) => void, end: () => void): () => void {
    if (this.ended) {
      end();
      return () => undefined;
    }
    const follower = { line, end };
    this.followers.add(follower);
    return () => void this.followers.delete(follower);
  }
}
