/** The page about the CNIs: its examples run, and its table names the versions that are known. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";
import { expect, test } from "vitest";
import { CNIS } from "../../components/cni";
import type { Written } from "../../components/cni/cni";
import { loadManifests } from "../../components/cni/load";
import type { CniReading } from "../../components/cni/reading";
import { orThrow } from "../../components/model/errors";

const page = readFileSync(join(__dirname, "../../docs/cni.md"), "utf8");
const [reading = "", writing = ""] = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? "");

/** The example's statements without its imports, whose names are given; the values of `wanted` come back. */
function run(code: string, wanted: string, given: Record<string, unknown>): unknown {
  const body = code.replaceAll(/^import .*;$/gm, "");
  const { outputText } = ts.transpileModule(`${body}\nreturn { ${wanted} };`, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the code is the page's own
  const example = new Function(...Object.keys(given), outputText) as (...values: unknown[]) => unknown;
  return example(...Object.values(given));
}

test("the example of reading gives a speaker a node", () => {
  const text = "apiVersion: v1\nkind: Node\nmetadata: { name: worker }\n";
  const read = run(reading, "speakers, segments, findings", { CNIS, loadManifests, orThrow, text }) as CniReading;
  expect(read.speakers.map(({ name }) => name)).toEqual(["worker"]);
});

test("the example of an intent gives Cilium's objects", () => {
  const made = run(writing, "own, shared, nodes", { CNIS, orThrow }) as Written;
  expect(made.own.map(({ kind }) => kind)).toEqual([
    "CiliumBGPPeerConfig",
    "CiliumLoadBalancerIPPool",
    "CiliumBGPAdvertisement",
  ]);
  expect(made.shared.map(({ kind }) => kind)).toEqual(["CiliumBGPClusterConfig"]);
});

test("the table has a row for every CNI, with its first and last version", () => {
  for (const { title, versions } of Object.values(CNIS)) {
    const row = page.split("\n").find((line) => line.startsWith(`| ${title} `)) ?? "";
    const sorted = [...versions].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
    expect(row).toContain(sorted[0]);
    expect(row).toContain(sorted.at(-1));
  }
});
