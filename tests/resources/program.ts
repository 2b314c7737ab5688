/** The selective stack as its own file has it, run with a configuration; each run reads the file anew. */
import * as pulumi from "@pulumi/pulumi";
import { vi } from "vitest";
import { PROJECT } from "./recorder";

export async function selective(config: Record<string, string> = {}): Promise<Record<string, unknown>> {
  pulumi.runtime.setAllConfig(
    Object.fromEntries(Object.entries(config).map(([key, value]) => [`${PROJECT}:${key}`, value])),
  );
  vi.resetModules();
  return await import("../../stacks/selective.js");
}
