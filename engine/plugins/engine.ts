/** The way back to the engine: its log, and the notice that it is gone. */
import { credentials, connectivityState } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { Severity } from "./plugin";

export interface Engine {
  log(severity: Severity, message: string, urn?: string, ephemeral?: boolean): void;
  /** Resolves when everything logged has arrived. */
  flush(): Promise<void>;
}

const severities = {
  debug: LogSeverity.DEBUG,
  info: LogSeverity.INFO,
  warning: LogSeverity.WARNING,
  error: LogSeverity.ERROR,
} as const;

/** Without an address (a plugin started by hand) messages go to stderr, and the engine is never gone. */
export function connectEngine(address: string | undefined, gone: () => void): Engine {
  if (address === undefined)
    return {
      log: (severity, message) => void process.stderr.write(`${severity}: ${message}\n`),
      flush: () => Promise.resolve(),
    };
  // The channel must not go idle by itself: a state other than READY shall mean that the engine went away.
  const client = new EngineClient(address, credentials.createInsecure(), {
    "grpc.client_idle_timeout_ms": 2 ** 31 - 1,
  });
  watch(client, gone);
  // One after another: the engine shows lines in the order in which they arrive.
  let sent = Promise.resolve();
  return {
    log(severity, message, urn = "", ephemeral = false) {
      const request = new LogRequest();
      request.setSeverity(severities[severity]);
      request.setMessage(message);
      request.setUrn(urn);
      request.setEphemeral(ephemeral);
      sent = sent.then(
        () => new Promise((done) => client.log(request, () => done())), // a log line that is lost fails nothing
      );
    },
    flush: () => sent,
  };
}

/** A killed engine closes its socket, and nobody answers there any more. */
function watch(client: EngineClient, gone: () => void): void {
  const channel = client.getChannel();
  const step = (): void => {
    const state = channel.getConnectivityState(true);
    if (state === connectivityState.TRANSIENT_FAILURE) return gone();
    channel.watchConnectivityState(state, Infinity, (error?: Error) => {
      if (!error) step();
    });
  };
  step();
}
