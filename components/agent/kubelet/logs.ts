/** `kubectl logs`: the lines of a pod's log that a request asks for. Pure but for the follower. */
import type { ServerResponse } from "node:http";
import type { LogLine, ProgramLog } from "./programLog";

/** The options of the kubelet's containerLogs that a bare node knows. */
export interface LogOptions {
  follow: boolean;
  timestamps: boolean;
  tailLines?: number;
  limitBytes?: number;
  /** Lines from this time on, in milliseconds. */
  since?: number;
  /** One of the two streams alone. */
  stream?: LogLine["stream"];
}

export function logOptions(query: URLSearchParams, now: number): LogOptions {
  const number = (name: string) => (query.has(name) ? Number(query.get(name)) : undefined);
  const [seconds, time] = [number("sinceSeconds"), query.get("sinceTime")];
  const since = time === null ? (seconds === undefined ? undefined : now - seconds * 1_000) : Date.parse(time);
  const [tailLines, limitBytes, stream] = [number("tailLines"), number("limitBytes"), query.get("stream")];
  return {
    follow: query.get("follow") === "true",
    timestamps: query.get("timestamps") === "true",
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(since === undefined ? {} : { since }),
    ...(stream === "Stdout" || stream === "Stderr" ? { stream } : {}),
  };
}

/** The text of the lines that are there, as kubelet writes it. */
export function logText(lines: readonly LogLine[], options: LogOptions): string {
  const { tailLines, limitBytes } = options;
  const wanted = lines.filter((line) => isWanted(line, options));
  const tail = tailLines === undefined ? wanted : tailLines === 0 ? [] : wanted.slice(-tailLines);
  const text = tail.map((line) => written(line, options)).join("");
  return limitBytes === undefined ? text : Buffer.from(text).subarray(0, limitBytes).toString();
}

/** Writes the log; with `follow`, until the program or the client ends. */
export function answerLogs(response: ServerResponse, log: ProgramLog, options: LogOptions): void {
  response.writeHead(200, { "content-type": "text/plain" });
  response.write(logText(log.lines, options));
  if (!options.follow) {
    response.end();
    return;
  }
  response.flushHeaders();
  const stop = log.follow(
    (line) => {
      if (isWanted(line, options)) response.write(written(line, options));
    },
    () => response.end(),
  );
  response.on("close", stop);
}

function isWanted({ time, stream }: LogLine, options: LogOptions): boolean {
  return (options.since === undefined || Date.parse(time) >= options.since) && (options.stream ?? stream) === stream;
}

function written({ time, text }: LogLine, { timestamps }: LogOptions): string {
  return `${timestamps ? `${time} ` : ""}${text}\n`;
}
