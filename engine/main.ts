/**
 * The verbs behind the Makefile. Each verb is a file of its own; here they only get their names.
 */
import { Command } from "commander";
import { UserError } from "./places";
import { daemonsVerb } from "./verbs/daemons";
import { envVerb, hostStart, hostStop, runVerb } from "./verbs/lab";

const program = new Command("engine");
program.description("What sets up a machine for the labs of bgpfabric: the Pulumi engine, plugins, Docker and images.");
program.enablePositionalOptions();

const host = program.command("host").description("the lab host alone");
host.command("start").description("find or start a Docker daemon").action(done(hostStart));
host.command("stop").description("stop and remove a private daemon").action(done(hostStop));
program.command("env").description("print the lab's environment as shell exports").action(done(envVerb));
program
  .command("daemons")
  .description("run a command that finds the BGP daemons' root file systems in its environment")
  .argument("<command...>")
  .passThroughOptions()
  .action((command: string[]) => done(() => daemonsVerb(command))());
program
  .command("run")
  .description("run a command inside the lab")
  .argument("<command...>")
  .passThroughOptions()
  .action((command: string[]) => done(() => runVerb(command))());

/** A verb's number is the exit code; a user's error is one message, anything else is ours and shows its trace. */
function done(verb: () => Promise<number>): () => Promise<void> {
  return async () => {
    try {
      process.exitCode = await verb();
    } catch (error) {
      const known = error instanceof UserError;
      process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
      process.exitCode = known ? 2 : 1;
    }
  };
}

void program.parseAsync();
