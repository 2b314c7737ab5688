/**
 * Stands in for pulumi-resource-docker 5.2.0: Network, Container, RemoteImage, Volume, Tag, getNetwork. The official plugin bridges
 * terraform-provider-docker; the rules of that bridge are in inputs.ts, plan.ts and detailed.ts.
 */
import { InitFailed, unsupported } from "../errors";
import type { Plugin, ResourceCall } from "../plugin";
import { serve } from "../serve";
import type { Values } from "../values";
import { container } from "./container";
import { connect, type Daemon } from "./daemon";
import { getNetwork } from "./getNetwork";
import { remoteImage } from "./image";
import { diff } from "./diff";
import { checkInputs } from "./inputs";
import type { Kind } from "./kind";
import { network } from "./network";
import { observed, planned, unfinished, withoutEmpty, written } from "./plan";
import { blank, importedInputs, refreshedInputs } from "./read";
import { packageSchema } from "./packageSchema";
import { providerDifference } from "./provider";
import { schemas } from "./schemas";
import { tag } from "./tag";
import { volume } from "./volume";

const kinds = new Map([network, volume, remoteImage, tag, container].map((kind) => [kind.schema.type, kind]));

const kindOf = ({ type }: ResourceCall): Kind => {
  const kind = kinds.get(type);
  if (!kind) throw unsupported("docker", `the resource type ${type}`);
  return kind;
};

let connection: Daemon | undefined;
const daemon = (): Daemon => (connection ??= connect({}));

/** Terraform's wording for a failure; the engine shows it as it is. */
const failure = (error: unknown): string =>
  `1 error occurred:\n\t* ${error instanceof Error ? error.message : String(error)}\n\n`;

const withMeta = ({ schema }: Kind, id: string, state: Values): Values => ({ ...state, id, __meta: schema.meta });

const plugin: Plugin = {
  name: "docker",
  version: "5.2.0",
  // As the bridge: the engine then marks what comes of a secret, and this plugin never sees the mark.
  acceptSecrets: false,
  schema: () => packageSchema("5.2.0", Object.values(schemas)),

  diffConfig: ({ oldInputs, news }) => Promise.resolve(providerDifference(oldInputs, news)),

  configure({ config }) {
    connection = connect(config);
    return Promise.resolve();
  },

  check: (request) => Promise.resolve(checkInputs(kindOf(request).schema, request)),

  diff: (request) => Promise.resolve(diff(kindOf(request).schema, request.olds, request.news)),

  async create(request) {
    const kind = kindOf(request);
    const plan = planned(kind.schema, request.inputs);
    if (request.preview) return { id: "", outputs: withMeta(kind, "", plan) };
    let id: string | undefined;
    try {
      await kind.create(daemon(), plan, request, (made) => (id = made));
      const found = await kind.read(daemon(), id ?? "", plan);
      if (!found) throw new Error(`${request.name} was gone as soon as it was made`);
      const seen = withoutEmpty(kind.schema.fields, plan, found.seen);
      return { id: found.id, outputs: withMeta(kind, found.id, observed(kind.schema.fields, plan, seen)) };
    } catch (error) {
      if (id === undefined) throw new Error(failure(error), { cause: error });
      const outputs = withMeta(kind, id, unfinished(kind.schema.fields, plan));
      throw new InitFailed(id, outputs, [`creating ${request.urn}: ${failure(error)}`]);
    }
  },

  async read(request) {
    const kind = kindOf(request);
    const imported = Object.keys(request.outputs).length === 0;
    const before = imported ? blank(kind.schema.fields) : request.outputs;
    const found = await kind.read(daemon(), request.id, before);
    if (!found) return undefined;
    const seen = imported ? found.seen : withoutEmpty(kind.schema.fields, before, found.seen);
    const state = observed(kind.schema.fields, before, seen);
    const inputs = imported
      ? importedInputs(kind.schema.fields, state)
      : refreshedInputs(request.inputs, before, state);
    return { id: found.id, outputs: withMeta(kind, found.id, state), inputs };
  },

  async update(request) {
    const kind = kindOf(request);
    const { id, olds } = request;
    const wanted = planned(kind.schema, request.news, olds);
    if (request.preview) return withMeta(kind, id, wanted);
    const plan = written(kind.schema.fields, observed(kind.schema.fields, wanted, {}), olds);
    try {
      await kind.update?.(daemon(), id, olds, plan, request);
      return withMeta(kind, id, plan);
    } catch (error) {
      // The state says from now on what was asked for: the next plan shows no change of it (recorded).
      throw new InitFailed(id, withMeta(kind, id, plan), [`updating ${request.urn}: ${failure(error)}`]);
    }
  },

  async invoke({ token, args }) {
    if (token !== "docker:index/getNetwork:getNetwork") throw unsupported("docker", `the function ${token}`);
    return { outputs: await getNetwork(daemon(), args) };
  },

  async delete(request) {
    const kind = kindOf(request);
    try {
      await kind.remove(daemon(), request.id, request.outputs, request);
    } catch (error) {
      throw new Error(`deleting ${request.urn}: ${failure(error)}`, { cause: error });
    }
  },
};

void serve(plugin);
