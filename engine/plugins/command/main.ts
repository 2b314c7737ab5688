/** Stands in for pulumi-resource-command 1.2.1: command:local:Command. Rules from pulumi-command and pulumi-go-provider 1.5.0. */
import { unsupported } from "../errors";
import { randomHex } from "../names";
import type { Plugin, ResourceCall } from "../plugin";
import { serve } from "../serve";
import { identical } from "../difference";
import { hasUnknown, isSecret, isValues, plain, plainValues, unknown, type Value, type Values } from "../values";
import { argumentNames, faults, type Command } from "./arguments";
import { diff, ignoring } from "./diff";
import { run, type Printed } from "./run";

/** What pulumi-go-provider writes into the state of every provider. */
const frameworkVersion = { "__pulumi-go-provider-version": "v1.5.0" };

const onlyCommand = ({ type }: ResourceCall): void => {
  if (type !== "command:local:Command") throw unsupported("command", `the resource type ${type}`);
};

const command = (inputs: Values): Command => {
  const known = Object.entries(plainValues(inputs)).filter(
    ([key, value]) => argumentNames.includes(key) && value !== null,
  );
  return Object.fromEntries(known);
};
const printed = (state: Values): Printed => {
  const text = (value: Value | undefined): string => {
    const bare = value === undefined ? "" : plain(value);
    return typeof bare === "string" ? bare : "";
  };
  return { stdout: text(state["stdout"]), stderr: text(state["stderr"]) };
};

/** The texts that may not show in logs and errors; shorter ones would only mangle the text around them. */
function secretTexts(value: Value, inSecret = false): string[] {
  if (isSecret(value)) return secretTexts(value.value, true);
  if (Array.isArray(value)) return value.flatMap((v) => secretTexts(v, inSecret));
  if (isValues(value)) return Object.values(value).flatMap((v) => secretTexts(v, inSecret));
  return inSecret && typeof value === "string" && value.length >= 4 ? [value] : [];
}

const plugin: Plugin = {
  name: "command",
  version: "1.2.1",
  checkConfig: ({ news }) => Promise.resolve({ inputs: { ...news, ...frameworkVersion } }),

  check(request) {
    onlyCommand(request);
    const given = Object.entries(request.news).filter(([, value]) => value !== null);
    return Promise.resolve({ inputs: Object.fromEntries(given), failures: faults(request.news) });
  },

  diff: (request) => Promise.resolve(diff(request)),

  async create(request) {
    const { inputs, preview } = request;
    onlyCommand(request);
    const id = request.name + randomHex(new Uint8Array(), 8);
    if (preview) return { id, outputs: { ...inputs, stdout: unknown, stderr: unknown } };
    const args = command(inputs);
    const nothing = { stdout: "", stderr: "" };
    const result =
      args.create === undefined ? nothing : await run(args.create, args, nothing, secretTexts(inputs), request);
    return { id, outputs: { ...inputs, ...result } };
  },

  async update(request) {
    const { olds, preview } = request;
    const inputs = ignoring(request);
    const before: Values = { stdout: olds["stdout"] ?? "", stderr: olds["stderr"] ?? "" };
    if (preview) {
      // An argument that the state has not yet leaves the outputs as they were (infer's markComputed, go-provider 1.5.0).
      const moved = argumentNames.some(
        (key) => hasUnknown(inputs[key]) || (olds[key] !== undefined && !identical(olds[key], inputs[key])),
      );
      return moved ? { ...inputs, stdout: unknown, stderr: unknown } : { ...inputs, ...before };
    }
    const args = command(inputs);
    const line = args.update ?? args.create;
    if (line === undefined) return { ...inputs, ...before };
    return { ...inputs, ...(await run(line, args, printed(olds), secretTexts([inputs, olds]), request)) };
  },

  read: ({ id, inputs, outputs }) => Promise.resolve({ id, inputs, outputs }),

  async delete(request) {
    const args = command(request.outputs);
    if (args.delete !== undefined)
      await run(args.delete, args, printed(request.outputs), secretTexts(request.outputs), request);
  },
};

void serve(plugin);
