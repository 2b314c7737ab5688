/**
 * Pulumi's mocks with the answers that the components read. The usual mock gives the inputs back; a cluster also needs a
 * seed for its certificates, a load balancer's address and an image's id.
 */
import * as pulumi from "@pulumi/pulumi";

export interface MockOptions {
  /** The project's name. Default: "project". */
  project?: string;
  /** The stack's name. Default: "stack". */
  stack?: string;
  /** The organization's name, as references to other stacks have it. Default: "organization". */
  organization?: string;
  /** As in a preview: no resource has an id, and an output that a provider computes is unknown. Default: false. */
  preview?: boolean;
  /** The lab image that components without an image of their own take. Default: "bgpfabric/lab:mock". */
  image?: string;
  /** Answers first; what it leaves undefined is answered by this package. */
  newResource?: (args: pulumi.runtime.MockResourceArgs) => { id?: string; state: Record<string, unknown> } | undefined;
  /** Answers calls of provider functions. Default: an empty object. */
  call?: (args: pulumi.runtime.MockCallArgs) => Record<string, unknown>;
}

/** Sets the mocks. Call it before the program under test is imported. */
export async function mockProviders(options: MockOptions = {}): Promise<void> {
  const { project = "project", stack = "stack", preview = false, image = "bgpfabric/lab:mock" } = options;
  const { organization = "organization" } = options;
  process.env["BGPFABRIC_IMAGE"] = image;
  const mocks: pulumi.runtime.Mocks = {
    call: (args) => options.call?.(args) ?? {},
    newResource: (args) => {
      const own = options.newResource?.(args);
      return own === undefined ? answer(args, preview) : { id: own.id, state: own.state };
    },
  };
  await pulumi.runtime.setMocks(mocks, project, stack, preview, organization);
}

/** What a provider would add to the inputs; in a preview nothing of it is known. */
export function answer(
  args: pulumi.runtime.MockResourceArgs,
  preview = false,
): { id: string | undefined; state: Record<string, unknown> } {
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
  if (args.type === "kubernetes:core/v1:Pod") return { id, state: { ...inputs, status: { podIP: "192.168.0.9" } } };
  return { id, state: inputs };
}
