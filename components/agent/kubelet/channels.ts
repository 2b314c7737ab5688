/**
 * The frames of Kubernetes' remote command over WebSocket: each binary message begins with the number of its channel
 * (k8s.io/cri-streaming 0.36; in v5 the client closes a channel by a message of its own). Pure.
 */

/** By preference: v5 alone can say that standard input has ended. */
export const PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
const RESIZE = 4;
const CLOSE = 255;

export type FromClient =
  | { kind: "stdin"; data: Buffer }
  | { kind: "stdin-end" }
  | { kind: "resize"; columns: number; rows: number }
  | { kind: "ignored" };

export function readFrame(message: Buffer): FromClient {
  const data = message.subarray(1);
  switch (message[0]) {
    case STDIN:
      return { kind: "stdin", data };
    case CLOSE:
      return data[0] === STDIN ? { kind: "stdin-end" } : { kind: "ignored" };
    case RESIZE:
      return resize(data.toString());
    default:
      return { kind: "ignored" };
  }
}

export function outputFrame(stream: "stdout" | "stderr", data: Buffer): Buffer {
  return frame(stream === "stdout" ? STDOUT : STDERR, data);
}

/** How the command ended, as kubectl reads it: the exit code is a cause of the status. */
export function statusFrame(end: { code: number } | { failed: string }): Buffer {
  return frame(STATUS, Buffer.from(JSON.stringify("code" in end ? statusOf(end.code) : failure(end.failed))));
}

function statusOf(code: number): object {
  if (code === 0) return { metadata: {}, status: "Success" };
  return {
    ...failure(`command terminated with non-zero exit code: exit status ${code}`),
    reason: "NonZeroExitCode",
    details: { causes: [{ reason: "ExitCode", message: String(code) }] },
  };
}

function failure(message: string): object {
  return { metadata: {}, status: "Failure", message };
}

function resize(text: string): FromClient {
  try {
    const { Width: columns, Height: rows } = JSON.parse(text) as { Width?: number; Height?: number };
    return Number.isInteger(columns) && Number.isInteger(rows)
      ? { kind: "resize", columns: columns ?? 0, rows: rows ?? 0 }
      : { kind: "ignored" };
  } catch {
    return { kind: "ignored" };
  }
}

function frame(channel: number, data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([channel]), data]);
}
