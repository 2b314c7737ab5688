/** Names and labels of what lives outside the program: they carry project and stack, so that two stacks never meet. */
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { input } from "@pulumi/docker/types";
import { PROJECT_LABEL, ROLE_LABEL, STACK_LABEL } from "../live/labels";

/** What a Docker object is for, as its label says it. */
export type Role = "segment" | "management" | "router" | "node" | "etcd";

/** A Docker name: "PROJECT-STACK-NAME". */
export function labName(name: string): string {
  return `${pulumi.getProject()}-${pulumi.getStack()}-${name}`;
}

export function labLabels(role: Role): { label: string; value: string }[] {
  return [
    { label: PROJECT_LABEL, value: pulumi.getProject() },
    { label: ROLE_LABEL, value: role },
    { label: STACK_LABEL, value: pulumi.getStack() },
  ] satisfies input.ContainerLabel[];
}

const FIRST_PORT = 20_000;
const PORTS = 10_000;

/** A port that stays the same for a project, stack and name, below the range that systems give out by themselves. */
export function stablePort(name: string): number {
  const digest = createHash("sha256").update(labName(name)).digest();
  return FIRST_PORT + (digest.readUInt32BE(0) % PORTS);
}
