/**
 * Runs a program on Pulumi's mocks and keeps each registration whole, with parent, dependencies and secrets. It proves
 * what a program asks of the engine, not what a provider makes of it.
 */
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";

export interface Registered {
  type: string;
  name: string;
  /** "TYPE NAME" of the parent; undefined at the top. */
  parent: string | undefined;
  /** Inputs; a secret is { secret: value }. */
  inputs: Record<string, unknown>;
  /** Names of the resources that it waits for, explicit or by its inputs. */
  waitsFor: string[];
  provider: string;
  deleteBeforeReplace: boolean;
  additionalSecretOutputs: string[];
}

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

export const PROJECT = "bgpfabric";
export const STACK = "selective";

export async function record(program: () => unknown, options: { preview?: boolean } = {}): Promise<Registered[]> {
  const preview = options.preview ?? false;
  const seen: Registered[] = [];
  const prototype = MockMonitor.prototype as unknown as { registerResource: Register };
  const original = prototype.registerResource;
  prototype.registerResource = function (this: unknown, request: Request, callback: unknown) {
    seen.push(read(request));
    return original.call(this, request, callback);
  };
  try {
    await mock(preview);
    await program();
    await settled();
  } finally {
    prototype.registerResource = original;
  }
  return seen.sort((a, b) => (`${a.type} ${a.name}` < `${b.type} ${b.name}` ? -1 : 1));
}

/** Providers that answer as the real ones would, as far as a program looks. */
export async function mock(preview = false): Promise<void> {
  process.env["BGPFABRIC_IMAGE"] = "bgpfabric/lab:graph";
  const mocks = { call: () => ({}), newResource: (args: pulumi.runtime.MockResourceArgs) => answer(args, preview) };
  await pulumi.runtime.setMocks(mocks, PROJECT, STACK, preview);
}

/** The runtime's own wait for everything that is under way. */
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

/** What providers would add to the inputs; nothing of it is known in a preview. */
function answer(args: pulumi.runtime.MockResourceArgs, preview: boolean): { id: string | undefined; state: object } {
  const inputs = args.inputs as Record<string, unknown>;
  if (preview) return { id: undefined, state: inputs };
  const id = `id-of-${args.name}`;
  if (args.type.endsWith(":RemoteImage")) return { id, state: { ...inputs, imageId: "sha256:1234" } };
  if (args.type.endsWith(":Authority")) {
    const secret = Buffer.alloc(32, 7).toString("base64");
    return { id, state: { ...inputs, secret, issued: "2026-01-01T00:00:00Z" } };
  }
  if (args.type === "kubernetes:core/v1:Service") {
    return { id, state: { ...inputs, status: { loadBalancer: { ingress: [{ ip: "172.16.0.241" }] } } } };
  }
  return { id, state: inputs };
}
