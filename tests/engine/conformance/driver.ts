/**
 * Drives a resource plugin as the engine does (check, diff, then update or replace), without a program or the CLI: one
 * resource through a row of arguments. It knows no resource; what the answers mean is for its callers.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as wire from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { fromStruct, toStruct, type Values } from "../../../engine/plugins/values";

/** What the plugin answered for one change of the arguments. */
export interface Change {
  readonly failures?: readonly string[];
  readonly changes?: boolean;
  /** Property path to what happens there, as "update-replace". */
  readonly detailed?: Readonly<Record<string, string>>;
  readonly deleteBeforeReplace?: boolean;
  readonly error?: string;
}
export interface Known {
  readonly id: string;
  readonly inputs: Values;
  readonly outputs: Values;
  /** Why it is not as it should be: it was made, and then something failed. */
  readonly failed?: readonly string[];
}

const kinds = ["add", "add-replace", "delete", "delete-replace", "update", "update-replace"];

/** What a failed operation left in the state; undefined when it left nothing. */
function leftBehind(error: ServiceError): wire.ErrorResourceInitFailed | undefined {
  const [details] = error.metadata.get("grpc-status-details-bin");
  if (!(details instanceof Uint8Array)) return undefined;
  const [detail] = Status.deserializeBinary(details).getDetailsList();
  return detail && wire.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
}

export class Driver {
  private constructor(
    private readonly child: ChildProcess,
    private readonly client: ResourceProviderClient,
    private readonly type: string,
  ) {}

  static async start(program: string, type: string, env: NodeJS.ProcessEnv = {}): Promise<Driver> {
    const child = spawn(program, [], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "ignore"] });
    const port = await new Promise<string>((done, fail) => {
      createInterface({ input: child.stdout }).once("line", done);
      child.once("error", fail);
      child.once("exit", () => fail(new Error(`${program} ended before it printed a port`)));
    });
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
    const driver = new Driver(child, client, type);
    const request = new wire.ConfigureRequest();
    request.setArgs(toStruct({}));
    request.setAcceptsecrets(true);
    request.setAcceptresources(true);
    await driver.ask<wire.ConfigureResponse>((done) => client.configure(request, done));
    return driver;
  }

  end(): void {
    this.client.close();
    this.child.kill("SIGKILL");
  }

  private ask<A>(call: (done: (error: ServiceError | null, answer: A) => void) => void): Promise<A> {
    return new Promise((done, fail) => call((error, answer) => (error ? fail(error) : done(answer))));
  }
  private urn = (name: string): string => `urn:pulumi:s::p::${this.type}::${name}`;

  async check(name: string, olds: Values, news: Values): Promise<{ inputs: Values; failures: string[] }> {
    const request = new wire.CheckRequest();
    request.setUrn(this.urn(name));
    request.setName(name);
    request.setType(this.type);
    request.setOlds(toStruct(olds));
    request.setNews(toStruct(news));
    request.setRandomseed(new Uint8Array(32).fill(7));
    const answer = await this.ask<wire.CheckResponse>((done) => this.client.check(request, done));
    return {
      inputs: fromStruct(answer.getInputs()),
      failures: answer.getFailuresList().map((failure) => failure.getProperty()),
    };
  }

  async diff(name: string, known: Known, news: Values): Promise<Change> {
    const request = new wire.DiffRequest();
    request.setUrn(this.urn(name));
    request.setName(name);
    request.setType(this.type);
    request.setId(known.id);
    request.setOlds(toStruct(known.outputs));
    request.setOldInputs(toStruct(known.inputs));
    request.setNews(toStruct(news));
    const answer = await this.ask<wire.DiffResponse>((done) => this.client.diff(request, done));
    const detailed: Record<string, string> = {};
    answer.getDetaileddiffMap().forEach((difference, path) => (detailed[path] = kinds[difference.getKind()] ?? ""));
    return {
      changes: answer.getChanges() === wire.DiffResponse.DiffChanges.DIFF_SOME,
      detailed: Object.fromEntries(Object.entries(detailed).sort(([a], [b]) => (a < b ? -1 : 1))),
      deleteBeforeReplace: answer.getDeletebeforereplace(),
    };
  }

  async create(name: string, inputs: Values): Promise<Known> {
    const request = new wire.CreateRequest();
    request.setUrn(this.urn(name));
    request.setName(name);
    request.setType(this.type);
    request.setProperties(toStruct(inputs));
    try {
      const answer = await this.ask<wire.CreateResponse>((done) => this.client.create(request, done));
      return { id: answer.getId(), inputs, outputs: fromStruct(answer.getProperties()) };
    } catch (error) {
      const left = leftBehind(error as ServiceError);
      if (left === undefined) throw error;
      return { id: left.getId(), inputs, outputs: fromStruct(left.getProperties()), failed: left.getReasonsList() };
    }
  }

  async update(name: string, known: Known, news: Values): Promise<Known> {
    const request = new wire.UpdateRequest();
    request.setUrn(this.urn(name));
    request.setName(name);
    request.setType(this.type);
    request.setId(known.id);
    request.setOlds(toStruct(known.outputs));
    request.setOldInputs(toStruct(known.inputs));
    request.setNews(toStruct(news));
    const answer = await this.ask<wire.UpdateResponse>((done) => this.client.update(request, done));
    return { id: known.id, inputs: news, outputs: fromStruct(answer.getProperties()) };
  }

  async delete(name: string, known: Known): Promise<void> {
    const request = new wire.DeleteRequest();
    request.setUrn(this.urn(name));
    request.setName(name);
    request.setType(this.type);
    request.setId(known.id);
    request.setProperties(toStruct(known.outputs));
    request.setOldInputs(toStruct(known.inputs));
    await this.ask((done) => this.client.delete(request, done));
  }

  async read(name: string, id: string, known?: Known): Promise<Known | undefined> {
    const request = new wire.ReadRequest();
    request.setUrn(this.urn(name));
    request.setName(name);
    request.setType(this.type);
    request.setId(id);
    request.setProperties(toStruct(known?.outputs ?? {}));
    request.setInputs(toStruct(known?.inputs ?? {}));
    const answer = await this.ask<wire.ReadResponse>((done) => this.client.read(request, done));
    return answer.getId() === ""
      ? undefined
      : { id: answer.getId(), inputs: fromStruct(answer.getInputs()), outputs: fromStruct(answer.getProperties()) };
  }
}
