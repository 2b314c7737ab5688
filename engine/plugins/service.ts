/** The gRPC service ResourceProvider, answered by a Plugin: decoding, encoding, time limits, error shapes. No resource's rules. */
import {
  Metadata,
  status as Code,
  type sendUnaryData,
  type ServerUnaryCall,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as wire from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import type { Engine } from "./engine";
import { InitFailed, unsupported } from "./errors";
import type { Call, Checked, DiffKind, PlanDiff, Failure, Plugin, ResourceCall } from "./plugin";
import { fromStruct, toStruct, type Values } from "./values";

export interface Service {
  readonly handlers: UntypedServiceImplementation;
  /** Operations under way. */
  readonly busy: () => number;
}

export function service(plugin: Plugin, engine: Engine, stop: AbortController, announce: () => void): Service {
  let running = 0;
  let keepSecrets = true;

  /** One RPC: `answer` gets the request and the signal of its time limit. */
  const rpc =
    <Q, A>(answer: (request: Q, call: Call) => Promise<A> | A) =>
    (call: ServerUnaryCall<Q, A>, respond: sendUnaryData<A>): void => {
      running++;
      const seconds = (call.request as { getTimeout?: () => number }).getTimeout?.() ?? 0;
      const signal = seconds > 0 ? AbortSignal.any([stop.signal, AbortSignal.timeout(seconds * 1000)]) : stop.signal;
      const urn = (call.request as { getUrn?: () => string }).getUrn?.() ?? "";
      const log: Call["log"] = (severity, message) => engine.log(severity, message, urn);
      const status = (message: string): void => engine.log("info", message, urn, true);
      Promise.resolve()
        .then(() => answer(call.request, { signal, seconds, log, status }))
        .then(
          async (value) => {
            await engine.flush();
            respond(null, value);
          },
          async (error: unknown) => {
            await engine.flush();
            respond(grpcError(error, keepSecrets));
          },
        )
        .finally(() => running--);
    };
  const about = (call: Call, request: { getUrn(): string; getType(): string; getName(): string }): ResourceCall => {
    // Engines before 3.136 send the URN alone; it ends in TYPE::NAME.
    const urn = request.getUrn();
    const [, , types = "", ...name] = urn.split("::");
    return {
      ...call,
      urn,
      type: request.getType() || (types.split("$").pop() ?? ""),
      name: request.getName() || name.join("::"),
    };
  };
  const struct = (values: Values) => toStruct(values, keepSecrets);

  const check = (ask: (request: Parameters<Plugin["check"]>[0]) => Promise<Checked>) =>
    rpc(async (q: wire.CheckRequest, call) => {
      const olds = fromStruct(q.getOlds());
      const naming = q.getAutonaming();
      const modes = ["propose", "enforce", "disable"] as const;
      const checked = await ask({
        ...about(call, q),
        olds: Object.keys(olds).length === 0 ? undefined : olds,
        news: fromStruct(q.getNews()),
        seed: q.getRandomseed_asU8(),
        autonaming: naming && {
          mode: modes[naming.getMode()] ?? "propose",
          proposedName: naming.getProposedName(),
        },
      });
      const a = new wire.CheckResponse();
      a.setInputs(struct(checked.inputs));
      a.setFailuresList((checked.failures ?? []).map(checkFailure));
      return a;
    });
  const diff = (ask: Plugin["diff"]) =>
    rpc(async (q: wire.DiffRequest, call) =>
      diffResponse(
        await ask({
          ...about(call, q),
          id: q.getId(),
          olds: fromStruct(q.getOlds()),
          oldInputs: fromStruct(q.getOldInputs()),
          news: fromStruct(q.getNews()),
          ignoreChanges: q.getIgnorechangesList(),
        }),
      ),
    );

  const handlers = {
    handshake: rpc<wire.ProviderHandshakeRequest, wire.ProviderHandshakeResponse>(() => {
      const a = new wire.ProviderHandshakeResponse();
      a.setAcceptSecrets(plugin.acceptSecrets ?? true);
      a.setAcceptResources(true);
      a.setAcceptOutputs(false);
      a.setSupportsAutonamingConfiguration(true);
      return a;
    }),
    getSchema: rpc<wire.GetSchemaRequest, wire.GetSchemaResponse>(() => {
      const a = new wire.GetSchemaResponse();
      a.setSchema(plugin.schema?.() ?? JSON.stringify({ name: plugin.name, version: plugin.version }));
      return a;
    }),
    getPluginInfo: rpc<Empty, PluginInfo>(() => {
      const a = new PluginInfo();
      a.setVersion(plugin.version);
      return a;
    }),
    checkConfig: check((request) => plugin.checkConfig?.(request) ?? Promise.resolve({ inputs: request.news })),
    diffConfig: diff((request) => plugin.diffConfig?.(request) ?? Promise.resolve({ changes: false })),
    configure: rpc(async (q: wire.ConfigureRequest, call) => {
      keepSecrets = q.getAcceptsecrets();
      announce();
      await plugin.configure?.({ ...call, config: fromStruct(q.getArgs()) });
      const a = new wire.ConfigureResponse();
      a.setAcceptsecrets(plugin.acceptSecrets ?? true);
      a.setSupportspreview(true);
      a.setAcceptresources(true);
      a.setAcceptoutputs(false);
      a.setSupportsAutonamingConfiguration(true);
      return a;
    }),
    check: check((request) => plugin.check(request)),
    diff: diff((request) => plugin.diff(request)),
    create: rpc(async (q: wire.CreateRequest, call) => {
      const created = await plugin.create({
        ...about(call, q),
        inputs: fromStruct(q.getProperties()),
        preview: q.getPreview(),
      });
      const a = new wire.CreateResponse();
      a.setId(created.id);
      a.setProperties(struct(created.outputs));
      return a;
    }),
    read: rpc(async (q: wire.ReadRequest, call) => {
      const found = await plugin.read({
        ...about(call, q),
        id: q.getId(),
        inputs: fromStruct(q.getInputs()),
        outputs: fromStruct(q.getProperties()),
      });
      const a = new wire.ReadResponse(); // without an id: it is gone
      if (found) {
        a.setId(found.id);
        a.setProperties(struct(found.outputs));
        a.setInputs(struct(found.inputs));
      }
      return a;
    }),
    update: rpc(async (q: wire.UpdateRequest, call) => {
      const outputs = await plugin.update({
        ...about(call, q),
        id: q.getId(),
        olds: fromStruct(q.getOlds()),
        oldInputs: fromStruct(q.getOldInputs()),
        news: fromStruct(q.getNews()),
        ignoreChanges: q.getIgnorechangesList(),
        preview: q.getPreview(),
      });
      const a = new wire.UpdateResponse();
      a.setProperties(struct(outputs));
      return a;
    }),
    delete: rpc(async (q: wire.DeleteRequest, call) => {
      await plugin.delete({
        ...about(call, q),
        id: q.getId(),
        outputs: fromStruct(q.getProperties()),
        inputs: fromStruct(q.getOldInputs()),
      });
      return new Empty();
    }),
    invoke: rpc(async (q: wire.InvokeRequest, call) => {
      if (!plugin.invoke) throw unsupported(plugin.name, `the function ${q.getTok()}`);
      const answer = await plugin.invoke({ ...call, token: q.getTok(), args: fromStruct(q.getArgs()) });
      const a = new wire.InvokeResponse();
      if (answer.outputs) a.setReturn(struct(answer.outputs));
      a.setFailuresList((answer.failures ?? []).map(checkFailure));
      return a;
    }),
    construct: rpc((q: wire.ConstructRequest) => {
      throw unsupported(plugin.name, `the component ${q.getType()}`);
    }),
    call: rpc((q: wire.CallRequest) => {
      throw unsupported(plugin.name, `the method ${q.getTok()}`);
    }),
    cancel: rpc<Empty, Empty>(() => {
      stop.abort(new Error("cancelled"));
      plugin.cancel?.();
      return new Empty();
    }),
    attach: rpc<unknown, Empty>(() => new Empty()),
  };
  return { handlers, busy: () => running };
}

function checkFailure(failure: Failure): wire.CheckFailure {
  const f = new wire.CheckFailure();
  f.setProperty(failure.property);
  f.setReason(failure.reason);
  return f;
}

const kinds: Record<DiffKind, wire.PropertyDiff.Kind> = {
  add: wire.PropertyDiff.Kind.ADD,
  "add-replace": wire.PropertyDiff.Kind.ADD_REPLACE,
  delete: wire.PropertyDiff.Kind.DELETE,
  "delete-replace": wire.PropertyDiff.Kind.DELETE_REPLACE,
  update: wire.PropertyDiff.Kind.UPDATE,
  "update-replace": wire.PropertyDiff.Kind.UPDATE_REPLACE,
};

const firstNames = (paths: string[]): string[] => [...new Set(paths.map((p) => p.split(/[.[]/, 1)[0] ?? p))];

function diffResponse(difference: PlanDiff): wire.DiffResponse {
  const a = new wire.DiffResponse();
  const { DIFF_SOME, DIFF_NONE } = wire.DiffResponse.DiffChanges;
  a.setChanges(difference.changes ? DIFF_SOME : DIFF_NONE);
  const detailed = Object.entries(difference.detailed ?? {});
  const replacing = detailed.filter(([, k]) => k.endsWith("-replace")).map(([path]) => path);
  a.setReplacesList([...(difference.replaces ?? firstNames(replacing))]);
  a.setDiffsList([...(difference.changed ?? firstNames(detailed.map(([path]) => path)))]);
  a.setStablesList([...(difference.stables ?? [])]);
  a.setDeletebeforereplace(difference.deleteBeforeReplace ?? false);
  a.setHasdetaileddiff(difference.detailed !== undefined);
  const inputDiff = difference.inputDiff ?? false;
  for (const [path, k] of detailed) {
    const p = new wire.PropertyDiff();
    p.setKind(kinds[k]);
    p.setInputdiff(typeof inputDiff === "boolean" ? inputDiff : inputDiff.includes(path));
    a.getDetaileddiffMap().set(path, p);
  }
  return a;
}

function grpcError(error: unknown, keepSecrets: boolean): { code: Code; details: string; metadata: Metadata } {
  const message = error instanceof Error ? error.message : String(error);
  const metadata = new Metadata();
  if (error instanceof InitFailed) {
    const detail = new wire.ErrorResourceInitFailed();
    detail.setId(error.id);
    detail.setProperties(toStruct(error.outputs, keepSecrets));
    detail.setReasonsList(error.reasons);
    if (error.inputs) detail.setInputs(toStruct(error.inputs, keepSecrets));
    const packed = new Any();
    packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new Status();
    status.setCode(Code.UNKNOWN);
    status.setMessage(message);
    status.addDetails(packed);
    metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  }
  return { code: Code.UNKNOWN, details: message, metadata };
}
