/**
 * Docker's API as the bodies of custom resources use it: run a program in a container, give a file to it, see what is
 * there. The daemon is the one that the docker provider takes, DOCKER_HOST or the local socket.
 */
import Docker from "dockerode";
import { PassThrough } from "node:stream";
import { type Ran, type Shell, Unreachable } from "../shell";

const EXEC_TIMEOUT_MS = 60_000;

export function connect(): Docker {
  return new Docker();
}

async function exec(docker: Docker, container: string, command: readonly string[], input?: string): Promise<Ran> {
  const made = await docker.getContainer(container).exec({
    Cmd: [...command],
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

/** A shell in a container of the daemon that the docker provider takes. */
export function dockerShell(container: string): Shell {
  const docker = connect();
  return {
    name: container,
    run: async (command, input) => {
      try {
        return await exec(docker, container, command, input);
      } catch (error) {
        if (isGone(error)) throw new Unreachable(`${container} does not run`, { cause: error });
        throw error;
      }
    },
  };
}

/** No such container, or one that does not run. */
function isGone(error: unknown): boolean {
  const status = (error as { statusCode?: number } | undefined)?.statusCode;
  return status === 404 || status === 409;
}

function collector(): { sink: PassThrough; text: () => string } {
  const chunks: Buffer[] = [];
  const sink = new PassThrough();
  sink.on("data", (chunk: Buffer) => chunks.push(chunk));
  return { sink, text: () => Buffer.concat(chunks).toString("utf8") };
}
