/**
 * The Pulumi engine: the CLI, and the host of the Node.js language with the launcher of dynamic providers.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { must, run, which } from "../exec";
import { answersSoon, download } from "./download";
import { buildGo, goEnvironment, goInputs, type GoProgram } from "./go";
import type { Part } from "./part";
import { atLeast, LANGUAGE_HOST, PULUMI, versionIn } from "./versions";

const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
const RELEASES = "https://github.com/pulumi/pulumi/releases/download";

/** Programs that the Node.js language needs beside the CLI. */
const LANGUAGE_PROGRAMS = ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

export function pulumiCli(checkout: string): Part {
  const program: GoProgram = {
    module: "pulumi",
    packages: ["github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"],
    tags: ["osusergo", "grpcnotrace"],
    // State in a cloud's storage, secrets in its key service, its logs: a third of what would be compiled.
    leftOut: {
      "github.com/pulumi/pulumi/pkg/v3": "pkg",
      "gocloud.dev": "gocloud",
      "github.com/aws/aws-sdk-go-v2/service/s3": "s3",
    },
    // Without a version the Automation API refuses the CLI.
    set: [`${VERSION_VARIABLE}=v${PULUMI.version}`],
  };
  return {
    name: "pulumi",
    version: PULUMI.version,
    usual: 150,
    inputs: () => goInputs(checkout, program),
    async found() {
      const cli = which("pulumi");
      if (cli === undefined || which("pulumi-language-nodejs") === undefined) return undefined;
      const version = versionIn((await run(cli, ["version"])).stdout);
      return version !== undefined && atLeast(version, PULUMI.floor) ? { dir: path.dirname(cli), version } : undefined;
    },
    async fetch(dir, { scratch, log }) {
      const arch = process.arch === "x64" ? "x64" : "arm64";
      const name = `pulumi-v${PULUMI.version}-${process.platform}-${arch}.tar.gz`;
      const url = `${RELEASES}/v${PULUMI.version}/${name}`;
      if (!(await answersSoon(url))) return false;
      const archive = path.join(scratch, name);
      await download(url, archive, `${RELEASES}/v${PULUMI.version}/pulumi-${PULUMI.version}-checksums.txt`);
      await must("tar", ["-xzf", archive, "-C", dir, "--strip-components=1"], { log });
      return true;
    },
    async make(dir, workshop) {
      await buildGo(checkout, program, dir, workshop);
      return "go modules";
    },
  };
}

export function languageHost(checkout: string): Part {
  const program: GoProgram = {
    module: "nodejs",
    packages: ["github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"],
    set: [`${VERSION_VARIABLE}=v${LANGUAGE_HOST.version}`],
  };
  return {
    name: "nodejs",
    version: LANGUAGE_HOST.version,
    usual: 5,
    inputs: () => goInputs(checkout, program),
    async make(dir, workshop) {
      await buildGo(checkout, program, dir, workshop);
      // The launcher is a script of the same module.
      const env = goEnvironment(workshop.here.at.cache, workshop.scratch, program);
      const cwd = path.join(checkout, "engine", "go", program.module);
      const module = await must("go", ["list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi/sdk/v3"], {
        cwd,
        env,
      });
      for (const script of ["pulumi-resource-pulumi-nodejs", "pulumi-analyzer-policy"]) {
        const file = path.join(dir, script);
        fs.copyFileSync(path.join(module.trim(), "nodejs", "dist", script), file);
        fs.chmodSync(file, 0o755);
      }
      return "go modules";
    },
  };
}

/** Whether a folder with the CLI has its language programs beside it (the official archive does). */
export function hasLanguageHost(dir: string): boolean {
  return LANGUAGE_PROGRAMS.every((name) => fs.existsSync(path.join(dir, name)));
}
