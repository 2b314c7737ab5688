/**
 * The verbs behind the Makefile. Each verb is a file of its own; here they only get their names.
 */
import { Command, Option } from "commander";
import { stackOn } from "./needs";
import { SetupError } from "./places";
import { bench } from "./verbs/bench";
import { clean, purge } from "./verbs/clean";
import { JUDGES, daemonsVerb, fidelity, judge, mutations } from "./verbs/daemons";
import { doctor } from "./verbs/doctor";
import { envVerb, hostStart, hostStop, runVerb } from "./verbs/lab";
import { shell } from "./verbs/shell";
import { down, hint, preview, recoverVerb, up } from "./verbs/stack";
import { verifyStacks } from "./verbs/verify";
import { test } from "./verbs/test";

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

const STACK = "selective";
const runtimeOption = () =>
  new Option("--runtime <runtime>", "what its clusters run on").choices(["bare", "kind"]).default("bare");
const stackVerb = (name: string, description: string, verb: (stack: string) => Promise<number>): void => {
  program
    .command(name)
    .description(description)
    .argument("[stack]", "the stack", STACK)
    .addOption(runtimeOption())
    .action((stack: string, { runtime }: { runtime: string }) => done(() => verb(stackOn(stack, runtime)))());
};
stackVerb("up", "everything from nothing to a living lab", up);
stackVerb("preview", "what a change would make or break", preview);
stackVerb("down", "destroy the stack", down);
stackVerb("recover", "clear up after a pulumi run that was killed", recoverVerb);
stackVerb("shell", "a prompt inside the lab", shell);
stackVerb("hint", "say whether a killed run left something", (stack) => Promise.resolve(hint(stack)));
program.command("bench").description("figures as JSON").action(done(bench));
program
  .command("test")
  .description("every test on every level")
  .argument("[levels...]", "these levels alone")
  .action((levels: string[]) => done(() => test(levels))());
program
  .command("verify-stacks")
  .description("each stack up, its facts, a second preview, a change, down, nothing left")
  .argument("[stacks...]", "these stacks alone")
  .addOption(runtimeOption())
  .action((stacks: string[], { runtime }: { runtime: string }) => done(() => verifyStacks(stacks, runtime))());
program
  .command("fidelity")
  .description("random networks as real daemons against their forecast")
  .argument("[seeds]", "how many", "100")
  .action((seeds: string) => done(() => fidelity(["--seeds", seeds]))());
program
  .command("judge")
  .description("drawn objects applied to the real control planes of Cilium and MetalLB, compared with the forecast")
  .argument("[sets]", "how many of each", "20")
  .option("--plane <plane>", `one alone: ${Object.keys(JUDGES).join(", ")}`)
  .action((sets: string, { plane }: { plane?: string }) => done(() => judge(judged(plane), sets))());
program
  .command("mutations")
  .description("the same, and then wrong rules against what the daemons answered")
  .argument("[seeds]", "how many", "300")
  .action((seeds: string) => done(() => mutations(["--seeds", seeds]))());
program
  .command("doctor")
  .description("each part, where it comes from, what to do about what is missing")
  .option("--json", "for programs")
  .action((options: { json?: boolean }) => done(() => doctor(options))());
program.command("clean").description("stop and remove the lab").action(done(clean));
program.command("purge").description("clean, and remove the cache").action(done(purge));

function judged(plane: string | undefined): string[] {
  const all = Object.keys(JUDGES);
  if (plane === undefined) return all;
  if (!all.includes(plane)) throw new SetupError(`no control plane ${plane}: there are ${all.join(", ")}`);
  return [plane];
}

/** A verb's number is the exit code; a user's error is one message, anything else is ours and shows its trace. */
function done(verb: () => Promise<number>): () => Promise<void> {
  return async () => {
    try {
      process.exitCode = await verb();
    } catch (error) {
      const known = error instanceof SetupError;
      process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
      // Other parts may still be in the making: their programs end with this process.
      process.exit(known ? 2 : 1);
    }
  };
}

void program.parseAsync();
