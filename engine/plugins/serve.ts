/** The life of a plugin process: serve on a loopback port, print it, and end with the engine. How to write a plugin: plugin.ts. */
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { announceOnce } from "./announce";
import { connectEngine } from "./engine";
import type { Plugin } from "./plugin";
import { service } from "./service";

/** Operations that were told to stop get this long to leave things in order. */
const graceMilliseconds = 700; // the engine kills a plugin a second after it told it to end (CLI 3.259)

export async function serve(plugin: Plugin): Promise<void> {
  const stop = new AbortController();
  // The engine's address is the last argument; flags for logging and tracing may stand before it.
  const address = process.argv.slice(2).pop();
  const engine = connectEngine(address, () => end());
  const { handlers, busy } = service(plugin, engine, stop, () => announceOnce(plugin, engine));

  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    stop.abort(new Error("cancelled"));
    plugin.cancel?.();
    const until = Date.now() + graceMilliseconds;
    const leave = (): void => {
      if (busy() === 0 || Date.now() >= until) process.exit(0);
      setTimeout(leave, 20);
    };
    leave();
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
  process.on("uncaughtException", (error) =>
    engine.log("error", `${plugin.name} plugin: ${error.stack ?? error.message}`),
  );

  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(ResourceProviderService, handlers);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  process.stdout.write(`${port}\n`);
}
