/**
 * What each stack writes, as files to review: every router's configuration, every object of Kubernetes, and the picture on
 * the lab's page. A change that alters one of them shows here as a difference; after review: `npx vitest run --project graph golden -u`.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { stringify } from "yaml";
import type { Network } from "../../components/bgp/network";
import type * as Live from "../../components/plan/live";
import { forecast } from "../../components/forecast/forecast";
import { picture } from "../../components/forecast/picture/svg";
import { type Registered, record } from "./recorder";

const STACKS = join(__dirname, "../../stacks");
const GOLDEN = join(__dirname, "../golden");
const PAGES = join(__dirname, "../../docs/labs");
const names = readdirSync(STACKS).flatMap((file) => (file.endsWith(".ts") ? [file.slice(0, -".ts".length)] : []));

/** The Network of the program that was run last. */
const seen = vi.hoisted((): { network?: Network } => ({}));
vi.mock("../../components/plan/live", async (original) => {
  const real = await original<typeof Live>();
  return {
    ...real,
    planLive: (...args: Parameters<typeof real.planLive>) => {
      const plan = real.planLive(...args);
      seen.network = plan.network;
      return plan;
    },
  };
});

describe.each(names)("the stack %s writes", (stack) => {
  let written: Registered[];
  let network: Network | undefined;
  beforeAll(async () => {
    written = await record(async () => {
      pulumi.runtime.setAllConfig({});
      vi.resetModules();
      await import(join(STACKS, `${stack}.ts`));
    });
    network = seen.network;
    // The forecast of the largest stack takes seconds of a quiet core.
  }, 240_000);

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

  it("this picture, which its page shows", async () => {
    if (network === undefined) throw new Error(`${stack} has no LiveNetwork`);
    const svg = picture(forecast(network), { title: `The stack ${stack}` });
    await expect(svg).toMatchFileSnapshot(join(PAGES, `${stack}.svg`));
    expect(readFileSync(join(PAGES, `${stack}.md`), "utf8")).toContain(`](${stack}.svg)`);
  });
});

/** The object under the name that it has in the program; what a provider alone reads is left out. */
function objectOf({ type, name, inputs }: Registered): string {
  const kind = type.split(":").at(-1) ?? "";
  return `# ${kind} ${name}\n${stringify(inputs, { sortMapEntries: true })}`;
}
