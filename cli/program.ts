/**
 * The `bgpfabric` command: thin verbs over the pure rooms, for teams with neither Pulumi nor this library's components.
 * Exit codes: 0 fine, 1 there is something to look at, 2 the input cannot be taken. A verb's code is loaded when it runs.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command, CommanderError, Option } from "commander";
import { CNIS } from "../components/cni";
import { printFault, UserError, type Fault, type Result } from "../components/model/errors";
import type { GatherOptions, Gathered } from "./gather";
import type { Filters } from "./filters";
import { writeJson } from "./json";
import { EXIT, type Said } from "./said";

interface Common extends Omit<GatherOptions, "secrets">, Filters {
  json?: boolean;
}

/** Where the command writes; the exit code is what it returns. */
export interface Streams {
  out(text: string): void;
  err(text: string): void;
}

type Action<Options> = (names: string[], options: Options & Common) => Promise<Result<Said>>;

const CNI_NAMES = Object.keys(CNIS);

/** Runs one command line, without the program's own name. Rejects never. */
export async function bgpfabric(args: readonly string[], streams: Streams): Promise<number> {
  let code: number = EXIT.fine;
  const program = new Command("bgpfabric").exitOverride();
  const asJson = args.includes("--json");
  program.configureOutput({
    writeOut: (text) => streams.out(text),
    writeErr: (text) => (asJson ? undefined : streams.err(text)),
  });
  program
    .description(
      "what a BGP fabric and the Kubernetes clusters behind it will do: sessions, routes, and what a change breaks",
    )
    .version(version())
    .showHelpAfterError("(see bgpfabric --help)")
    .addHelpText("after", HELP);

  verb("forecast", "the sessions and routes a network will have", "[path...]", filtered).action(
    acts(async (names, options) => {
      const { forecastVerb } = await import("./verbs/forecast.js");
      return withNetwork(names, options, (gathered) => forecastVerb(gathered, options));
    }),
  );

  verb("diff", "what a change makes and breaks, with the cause of each", "<before> <after>", filtered)
    .option("--settings <file>", "settings of the rules, as for the verb rules (YAML)")
    .addOption(
      new Option("--fail-on <severity>", "new findings that end with 1").choices(["warn", "block"]).default("warn"),
    )
    .action(
      acts<{ settings?: string; failOn?: "warn" | "block" }>(async ([before = "", after = ""], options) => {
        const { diffVerb } = await import("./verbs/diff.js");
        const { gatherBoth } = await import("./both.js");
        const both = gatherBoth(before, after, options);
        return both.ok ? diffVerb(both.value.before, both.value.after, options) : both;
      }),
    );

  verb("rules", "what does not hold in a network", "[path...]")
    .option("--before <path>", "what runs now: adds the rules about changes")
    .option("--settings <file>", "severities, silences with reasons, what the network is for (YAML)")
    .option("--list", "every rule and what it holds")
    .option("--all", "each finding, not grouped by its cause")
    .action(
      acts<{ before?: string; settings?: string; list?: boolean }>(async (names, options) => {
        const { listRules, rulesVerb } = await import("./verbs/rules.js");
        if (options.list === true) return { ok: true, value: listRules() };
        return rulesVerb(names, options);
      }),
    );

  verb("failures", "which prefixes every single failure takes away", "[path...]")
    .option("--pairs", "two failures at once, too")
    .option("--width <n>", "how many next hops a prefix shall keep", "2")
    .action(
      acts<{ pairs?: boolean; width: string }>(async (names, options) => {
        const { failuresVerb } = await import("./verbs/failures.js");
        return withNetwork(names, options, (gathered) => failuresVerb(gathered, options));
      }),
    );

  verb("explain", "the way a packet takes, each decision on it, and what caused it", "[path...]")
    .requiredOption("--from <speaker>", "where the packet starts")
    .requiredOption("--to <address>", "where it wants to go")
    .option("--all", "each step as the forecast has it, nothing folded")
    .action(
      acts<{ from: string; to: string }>(async (names, options) => {
        const { explainVerb } = await import("./verbs/explain.js");
        return withNetwork(names, options, (gathered) => explainVerb(gathered, options));
      }),
    );

  verb("render", "each speaker's configuration as its system wants it", "[path...]")
    .option("--speaker <name>", "only this one; repeatable", more)
    .option("--bgp-only", "the BGP part alone: no interfaces, no static routes")
    .option("--partial", "write what is understood, and list the lines that are left out")
    .option("--secrets <file>", "passwords by name (YAML); or in the environment, BGPFABRIC_SECRET_NAME")
    .action(
      acts<{ bgpOnly?: boolean; partial?: boolean; secrets?: string }>(async (names, { secrets: file, ...options }) => {
        const { renderVerb } = await import("./verbs/render.js");
        const { readSecrets } = await import("./secrets.js");
        const { secretNames } = await import("../components/config/ios/reading.js");
        const passwords = readSecrets(file);
        if (!passwords.ok) return passwords;
        const known = { ...options, secrets: secretNames(passwords.value) };
        return withNetwork(names, known, (gathered) =>
          renderVerb(gathered, { ...options, passwords: passwords.value }),
        );
      }),
    );

  verb("speakers", "what each router and node will do, from its configuration alone", "[path...]")
    .option("--speaker <name>", "only this one; repeatable", more)
    .option("--all", "each neighbor, alike ones not folded")
    .action(
      acts(async (names, options) => {
        const { speakersVerb } = await import("./verbs/speakers.js");
        return withNetwork(names, options, (gathered) => speakersVerb(gathered, options));
      }),
    );

  verb("network", "the Network that the input comes to, as JSON", "[path...]").action(
    acts(async (names, options) => {
      const { networkVerb } = await import("./verbs/network.js");
      return withNetwork(names, options, (gathered) => ({ ok: true, value: networkVerb(gathered) }));
    }),
  );

  verb("picture", "speakers, segments and sessions as an SVG picture", "[path...]")
    .option("--all", "each node by itself, alike ones not folded")
    .option("--title <text>", "what the picture shows")
    .option("--out <file>", "write it there; default: standard output")
    .action(
      acts<{ all?: boolean; title?: string; out?: string }>(async (names, options) => {
        const { pictureVerb } = await import("./verbs/picture.js");
        return withNetwork(names, options, (gathered) => pictureVerb(gathered, options));
      }),
    );

  program
    .command("init [folder]")
    .description("write bgpfabric.yaml: what the files of a folder are")
    .option("--force", "replace the file that is there")
    .addOption(new Option("--cni <name>", "the CNI, where no object names it").choices(CNI_NAMES))
    .option("--json", "for programs")
    .action((folder: string | undefined, options: { force?: boolean; cni?: string; json?: boolean }) =>
      run(options, async () => (await import("./verbs/init.js")).initVerb(folder ?? ".", options)),
    );

  program
    .command("comment [file]")
    .description("the JSON of diff, rules or forecast as Markdown, for a pull request's comment")
    .option("--title <text>", "the comment's first line")
    .option("--json", "for programs")
    .action((file: string | undefined, options: { title?: string; json?: boolean }) =>
      run(options, async () => (await import("./verbs/comment.js")).commentVerb(file ?? "-", options)),
    );

  function verb(
    name: string,
    what: string,
    names: string,
    further: (made: Command) => Command = (one) => one,
  ): Command {
    return further(
      program
        .command(`${name} ${names}`)
        .description(what)
        .addOption(new Option("--cni <name>", "whose objects the manifests are").choices(CNI_NAMES))
        .option("--cni-version <version>", "the CNI's version; default: the usual one")
        .option("--cni-settings <file>", "flags and values of the CNI that stand in no object (YAML)")
        .option("--cluster <name>", "the cluster's name in reports")
        .option("--frr <name=file>", "a router's frr.conf, or vtysh's running configuration; repeatable", more)
        .option("--eos <name=file>", "a router's EOS running-config; repeatable", more)
        .option("--links <file>", "how routers and nodes are wired (YAML)")
        .option("-R, --recursive", "folders with their sub-folders")
        .option("--json", "for programs"),
    );
  }

  function acts<Options = object>(work: Action<Options>): (...given: unknown[]) => Promise<void> {
    return (...given) => {
      // Commander gives the arguments, then the options, then the command itself.
      const options = given.at(-2) as Options & Common;
      const names = given.slice(0, -2).flat() as string[];
      return run(options, () => work(names, options));
    };
  }

  async function withNetwork(
    names: string[],
    options: GatherOptions,
    work: (gathered: Gathered) => Result<Said>,
  ): Promise<Result<Said>> {
    const { gather } = await import("./gather.js");
    const gathered = gather(names, options);
    if (!gathered.ok) return gathered;
    const said = work(gathered.value);
    return said.ok
      ? { ok: true, value: { ...said.value, notes: [...gathered.value.notes, ...(said.value.notes ?? [])] } }
      : said;
  }

  async function run(options: { json?: boolean }, work: () => Promise<Result<Said>>): Promise<void> {
    const result = await work();
    if (!result.ok) throw new UserError(result.faults);
    const { text, json, findings, notes = [] } = result.value;
    if (!asJson) for (const note of notes) streams.err(`bgpfabric: note: ${note}\n`);
    if (options.json === true) writeJson(now(json), (part) => streams.out(part));
    else streams.out(`${String(now(text))}\n`);
    code = findings ? EXIT.findings : EXIT.fine;
  }

  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.fine;
    if (asJson) streams.out(`${JSON.stringify({ faults: faultsOf(error) }, undefined, 2)}\n`);
    else if (!(error instanceof CommanderError)) {
      for (const fault of faultsOf(error)) streams.err(`bgpfabric: ${printFault(fault)}\n`);
    }
    return EXIT.badInput;
  }
  return code;
}

const HELP = `
PATH is a snapshot folder (one with a bgpfabric.yaml, see init), a Network (JSON or YAML), Kubernetes manifests, a folder
of them, or "-" for standard input.
Exit codes: 0 fine, 1 there is something to look at, 2 the input cannot be taken.

  bgpfabric init main/
  bgpfabric forecast main/
  bgpfabric diff main/ pr/
  bgpfabric diff --json main/ pr/ | bgpfabric comment
  bgpfabric forecast --cni calico --frr tor1=tor1.conf --links links.yaml manifests/
  bgpfabric speakers --cni calico --cni-version 3.32 manifests/*.yaml`;

function filtered(made: Command): Command {
  return made
    .option("--speaker <name>", "only this speaker; repeatable", more)
    .option("--prefix <prefix>", "only this prefix and what lies within it; repeatable", more)
    .option("--vrf <name>", "only speakers of this VRF")
    .addOption(new Option("--state <state>", "only sessions, or only routes, in this state").choices(STATES))
    .option("--all", "every session and every route, nothing folded");
}

const STATES = ["up", "down", "doubtful"];

/** What is a function was left until somebody asks for it. */
const now = (value: unknown): unknown => (typeof value === "function" ? (value as () => unknown)() : value);

function faultsOf(error: unknown): readonly Fault[] {
  if (error instanceof UserError) return error.faults;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof CommanderError) {
    return [{ path: "", found: "the command line", expected: message.replace(/^error: /, ""), fix: "see --help" }];
  }
  return [{ path: "", found: message, expected: "no such error: a mistake of this program, not of the input" }];
}

/** An option that may be given several times takes one value each: a greedy one would swallow the paths after it. */
function more(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/** From this package's own package.json, which lies above both cli/ and dist/cli/. */
function version(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file)) return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
    if (folder === dirname(folder)) return "unknown";
  }
}
