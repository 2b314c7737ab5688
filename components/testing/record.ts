/**
 * Runs a program on Pulumi's mocks and keeps each registration whole, with parent, dependencies and secrets. It proves
 * what a program asks of the engine, not what a provider makes of it.
 */
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { mockProviders, type MockOptions } from "./mocks";

export interface Registered {
  type: string;
  name: string;
  /** The parent's name; undefined at the top. */
  parent: string | undefined;
  /** Inputs; a secret is { secret: value }. */
  inputs: Record<string, unknown>;
  /** Names of the resources that it waits for, explicit or by its inputs. */
  waitsFor: string[];
  provider: string;
  deleteBeforeReplace: boolean;
  additionalSecretOutputs: string[];
}

// How Pulumi marks a secret on the wire.
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

interface Request {
  toObject(): {
    type: string;
    name: string;
    parent: string;
    dependenciesList: string[];
    provider: string;
    deletebeforereplace: boolean;
    additionalsecretoutputsList: string[];
  };
  getObject(): { toJavaScript(): Record<string, unknown> } | undefined;
}

type Register = (request: Request, callback: unknown) => unknown;

/** Sets the mocks, runs the program, waits for it, and returns what it registered, sorted by type and name. */
export async function record(program: () => unknown, options: MockOptions = {}): Promise<Registered[]> {
  const seen: Registered[] = [];
  const prototype = MockMonitor.prototype as unknown as { registerResource: Register };
  const original = prototype.registerResource;
  prototype.registerResource = function (this: unknown, request: Request, callback: unknown) {
    seen.push(read(request));
    return original.call(this, request, callback);
  };
  try {
    await mockProviders(options);
    await program();
    await settled();
  } finally {
    prototype.registerResource = original;
  }
  return seen.sort((a, b) => (`${a.type} ${a.name}` < `${b.type} ${b.name}` ? -1 : 1));
}

/** Waits until everything that a program started is registered. */
export function settled(): Promise<void> {
  return (pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();
}

function read(request: Request): Registered {
  const raw = request.toObject();
  return {
    type: raw.type,
    name: raw.name,
    parent: raw.parent === "" ? undefined : lastOf(raw.parent),
    inputs: reveal(request.getObject()?.toJavaScript() ?? {}) as Record<string, unknown>,
    waitsFor: [...new Set(raw.dependenciesList.map(lastOf))].sort(),
    provider: raw.provider === "" ? "" : (raw.provider.split("::").at(-2) ?? ""),
    deleteBeforeReplace: raw.deletebeforereplace,
    additionalSecretOutputs: raw.additionalsecretoutputsList,
  };
}

function lastOf(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}

function reveal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reveal);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value);
  if ((value as Record<string, unknown>)[SIGNATURE] === SECRET) {
    return { secret: reveal((value as { value: unknown }).value) };
  }
  return Object.fromEntries(entries.map(([key, part]) => [key, reveal(part)]));
}
