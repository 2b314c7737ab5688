/**
 * Docker's API as the bodies of custom resources use it: run a program in a container, give a file to it, see what is
 * there. The daemon is the one that the docker provider takes, DOCKER_HOST or the local socket.
 */
import Docker from "dockerode";
import { PassThrough } from "node:stream";

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

const EXEC_TIMEOUT_MS = 60_000;

export function connect(): Docker {
  return new Docker();
}

/** Runs a program in a container to its end. What `input` holds goes to its standard input, never into its arguments. */
export async function exec(docker: Docker, container: string, command: string[], input?: string): Promise<Ran> {
  const made = await docker.getContainer(container).exec({
    Cmd: command,
    AttachStdout: true,
    AttachStderr: true,
    AttachStdin: input !== undefined,
  });
  const stream = await made.start({ hijack: true, stdin: input !== undefined });
  const [stdout, stderr] = [collector(), collector()];
  docker.modem.demuxStream(stream, stdout.sink, stderr.sink);
  await new Promise<void>((resolve, reject) => {
    const limit = setTimeout(() => {
      stream.destroy();
      reject(new Error(`${container}: ${command[0]} did not end within ${EXEC_TIMEOUT_MS / 1000} s`));
    }, EXEC_TIMEOUT_MS);
    const done = () => {
      clearTimeout(limit);
      resolve();
    };
    stream.on("end", done);
    stream.on("close", done);
    stream.on("error", (error: Error) => {
      clearTimeout(limit);
      reject(error);
    });
    if (input !== undefined) stream.end(input);
  });
  const { ExitCode } = await made.inspect();
  return { code: ExitCode ?? -1, stdout: stdout.text(), stderr: stderr.text() };
}

/** As exec, and a failure is thrown with what the program said. */
export async function output(docker: Docker, container: string, command: string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await exec(docker, container, command, input);
  if (code === 0) return stdout;
  throw new Error(`${container}: ${command.join(" ")}: ${(stderr || stdout).trim() || `exit code ${code}`}`);
}

export function isGone(error: unknown): boolean {
  const status = (error as { statusCode?: number } | undefined)?.statusCode;
  return status === 404 || status === 409;
}

function collector(): { sink: PassThrough; text: () => string } {
  const chunks: Buffer[] = [];
  const sink = new PassThrough();
  sink.on("data", (chunk: Buffer) => chunks.push(chunk));
  return { sink, text: () => Buffer.concat(chunks).toString("utf8") };
}
