/**
 * The `bgpfabric` command: thin verbs over the pure rooms, for teams with neither Pulumi nor this library's components.
 * Exit codes: 0 fine, 1 there is something to look at, 2 the input cannot be taken.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command, CommanderError, Option } from "commander";
import { printFault, UserError, type Result } from "../components/model/errors";
import { CNIS } from "../components/cni";
import { gather, type GatherOptions, type Gathered } from "./gather";
import { EXIT, type Said } from "./said";
import { diffVerb } from "./verbs/diff";
import { explainVerb } from "./verbs/explain";
import { failuresVerb } from "./verbs/failures";
import { forecastVerb } from "./verbs/forecast";
import { renderVerb } from "./verbs/render";
import { listRules, readSettings, rulesVerb } from "./verbs/rules";
import { speakersVerb } from "./verbs/speakers";

interface Common extends GatherOptions {
  json?: boolean;
}

/** Where the command writes; the exit code is what it returns. */
export interface Streams {
  out(text: string): void;
  err(text: string): void;
}

/** Runs one command line, without the program's own name. Throws nothing. */
export function bgpfabric(args: readonly string[], streams: Streams): number {
  let code: number = EXIT.fine;
  const program = new Command("bgpfabric").exitOverride();
  program.configureOutput({ writeOut: (text) => streams.out(text), writeErr: (text) => streams.err(text) });
  program
    .description(
      "what a BGP fabric and the Kubernetes clusters behind it will do: sessions, routes, and what a change breaks",
    )
    .version(version())
    .showHelpAfterError("(see bgpfabric --help)")
    .addHelpText(
      "after",
      `
FILE is a Network (JSON or YAML), Kubernetes manifests, a folder of them, or "-" for standard input.
Exit codes: 0 fine, 1 there is something to look at, 2 the input cannot be taken.

  bgpfabric forecast network.yaml
  bgpfabric forecast --cni calico --frr tor1=tor1.conf --links links.yaml manifests/
  bgpfabric diff --cni calico --frr tor1=tor1.conf --links links.yaml before/ after/
  bgpfabric speakers --cni calico --cni-version 3.32 manifests/*.yaml`,
    );

  verb("forecast", "the sessions and routes a network will have", "[file...]")
    .option("--speaker <name>", "only this speaker's routes; repeatable", more)
    .action((files: string[], options: Common & { speaker?: string[] }) =>
      run(options, () => then(gather(files, options), (gathered) => forecastVerb(gathered, options))),
    );

  verb("diff", "what a change makes and breaks, with the cause of each", "<before> <after>").action(
    (before: string, after: string, options: Common) =>
      run(options, () => {
        const [was, will] = [gather([before], options), gather([after], options)];
        if (was.ok && will.ok) return { ok: true, value: diffVerb(was.value, will.value) };
        return { ok: false, faults: [was, will].flatMap((result) => (result.ok ? [] : result.faults)) };
      }),
  );

  verb("rules", "what does not hold in a network", "[file...]")
    .option("--before <file>", "what runs now: adds the rules about changes")
    .option("--settings <file>", "severities, silences with reasons, what the network is for (YAML)")
    .option("--list", "every rule and what it holds")
    .action((files: string[], options: Common & { before?: string; settings?: string; list?: boolean }) =>
      run(options, () => {
        if (options.list === true) return { ok: true, value: listRules() };
        const settings = readSettings(options.settings);
        const before = options.before === undefined ? undefined : gather([options.before], options);
        const gathered = gather(files, options);
        if (settings.ok && gathered.ok && before?.ok !== false) {
          return {
            ok: true,
            value: rulesVerb(gathered.value, {
              settings: settings.value,
              ...(before === undefined ? {} : { before: before.value }),
            }),
          };
        }
        const all = [settings, gathered, ...(before === undefined ? [] : [before])];
        return { ok: false, faults: all.flatMap((result) => (result.ok ? [] : result.faults)) };
      }),
    );

  verb("failures", "which prefixes every single failure takes away", "[file...]")
    .option("--pairs", "two failures at once, too")
    .option("--width <n>", "how many next hops a prefix shall keep", "2")
    .action((files: string[], options: Common & { pairs?: boolean; width: string }) =>
      run(options, () => flat(gather(files, options), (gathered) => failuresVerb(gathered, options))),
    );

  verb("explain", "the way a packet takes, each decision on it, and what caused it", "[file...]")
    .requiredOption("--from <speaker>", "where the packet starts")
    .requiredOption("--to <address>", "where it wants to go")
    .action((files: string[], options: Common & { from: string; to: string }) =>
      run(options, () => flat(gather(files, options), (gathered) => explainVerb(gathered, options.from, options.to))),
    );

  verb("render", "each speaker's configuration as its system wants it", "[file...]")
    .option("--speaker <name>", "only this one; repeatable", more)
    .action((files: string[], options: Common & { speaker?: string[] }) =>
      run(options, () => flat(gather(files, options), (gathered) => renderVerb(gathered, options.speaker ?? []))),
    );

  verb("speakers", "what each node of a cluster will do, from its manifests alone", "[file...]").action(
    (files: string[], options: Common) => run(options, () => then(gather(files, options), speakersVerb)),
  );

  function verb(name: string, what: string, files: string): Command {
    return program
      .command(`${name} ${files}`)
      .description(what)
      .addOption(new Option("--cni <name>", "whose objects the manifests are").choices(Object.keys(CNIS)))
      .option("--cni-version <version>", "the CNI's version; default: the usual one")
      .option("--cni-settings <file>", "flags and values of the CNI that stand in no object (YAML)")
      .option("--cluster <name>", "the cluster's name in reports")
      .option(
        "--frr <name=file>",
        "a router's frr.conf, or what vtysh shows as running configuration; repeatable",
        more,
      )
      .option("--eos <name=file>", "a router's EOS running-config; repeatable", more)
      .option("--links <file>", "how routers and nodes are wired (YAML)")
      .option("--json", "for programs");
  }

  function run(options: Common, work: () => Result<Said>): void {
    const result = work();
    if (!result.ok) throw new UserError(result.faults);
    const { text, json, findings } = result.value;
    streams.out(`${options.json === true ? JSON.stringify(json, undefined, 2) : text}\n`);
    code = findings ? EXIT.findings : EXIT.fine;
  }

  try {
    program.parse([...args], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.badInput;
    for (const line of complaint(error)) streams.err(`bgpfabric: ${line}\n`);
    return EXIT.badInput;
  }
  return code;
}

function complaint(error: unknown): string[] {
  if (error instanceof UserError) return error.faults.map(printFault);
  const message = error instanceof Error ? error.message : String(error);
  return [`a mistake of this program, not of the input: ${message}`];
}

/** An option that may be given several times takes one value each: a greedy one would swallow the files after it. */
function more(value: string, before: string[] = []): string[] {
  return [...before, value];
}

function then(gathered: Result<Gathered>, work: (gathered: Gathered) => Said): Result<Said> {
  return gathered.ok ? { ok: true, value: work(gathered.value) } : gathered;
}

function flat(gathered: Result<Gathered>, work: (gathered: Gathered) => Result<Said>): Result<Said> {
  return gathered.ok ? work(gathered.value) : gathered;
}

/** From this package's own package.json, which lies above both cli/ and dist/cli/. */
function version(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file)) return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
    if (folder === dirname(folder)) return "unknown";
  }
}
