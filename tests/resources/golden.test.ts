/**
 * What each stack writes, as files to review: every router's configuration and every object of Kubernetes. A change that
 * alters one of them shows here as a difference; after review: `npx vitest run --project graph golden -u`.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { stringify } from "yaml";
import { type Registered, record } from "./recorder";

const STACKS = join(__dirname, "../../stacks");
const GOLDEN = join(__dirname, "../golden");
const names = readdirSync(STACKS).flatMap((file) => (file.endsWith(".ts") ? [file.slice(0, -".ts".length)] : []));

describe.each(names)("the stack %s writes", (stack) => {
  let written: Registered[];
  beforeAll(async () => {
    written = await record(async () => {
      pulumi.runtime.setAllConfig({});
      vi.resetModules();
      await import(join(STACKS, `${stack}.ts`));
    });
  });

  it("these configurations of its routers", async () => {
    const routers = written.filter(({ type }) => type.endsWith(":RouterConfiguration"));
    const containers = written.filter(({ inputs }) => JSON.stringify(inputs["labels"] ?? "").includes('"router"'));
    expect(routers).toHaveLength(containers.length);
    for (const { name, inputs } of routers) {
      const { system, text } = inputs as { system: string; text: string };
      await expect(text).toMatchFileSnapshot(join(GOLDEN, stack, `${name}.${system}.conf`));
    }
  });

  it("these objects of Kubernetes", async () => {
    const objects = written.filter(({ type }) => /^kubernetes:[^:]+\/v/.test(type)).map(objectOf);
    await expect(objects.join("---\n")).toMatchFileSnapshot(join(GOLDEN, stack, "objects.yaml"));
  });
});

/** The object under the name that it has in the program; what a provider alone reads is left out. */
function objectOf({ type, name, inputs }: Registered): string {
  const kind = type.split(":").at(-1) ?? "";
  return `# ${kind} ${name}\n${stringify(inputs, { sortMapEntries: true })}`;
}
