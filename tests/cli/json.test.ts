/**
 * `--json` is what docs/schema/command.schema.json says, from its root: each verb's answer, and each fault. Programs
 * depend on it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { describe, expect, test } from "vitest";
import { bgpfabric, examples } from "./command";

const schema = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(examples, "../schema", name), "utf8")) as Record<string, unknown>;
const ajv = new Ajv({ strict: false, allErrors: true }).addSchema(schema("network.schema.json"));
const validate = ajv.compile(schema("command.schema.json"));

const LAB = ["--cni", "calico", "--frr", "tor1=tor1.conf", "--links", "links.yaml"];

describe("answers", () => {
  const lines: [string, string[]][] = [
    ["forecast", [...LAB, "selective"]],
    ["diff", [...LAB, "selective", "selective-worker3"]],
    ["diff", ["ci/main", "ci/loss"]],
    ["rules", ["no-policy.json"]],
    ["rules", ["--list"]],
    ["failures", ["ci/main"]],
    ["explain", ["ci/main", "--from", "tor1", "--to", "172.16.0.241"]],
    ["render", ["no-policy.json"]],
    ["speakers", ["--cni", "calico", "selective"]],
    ["network", ["ci/main"]],
    ["picture", ["ci/main"]],
    ["comment", ["ci/loss.json"]],
  ];
  for (const [verb, args] of lines) {
    test(`${verb} ${args.join(" ")}`, () => {
      const value: unknown = JSON.parse(bgpfabric([verb, "--json", ...args]).out);
      expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
    });
  }

  test("an answer of no verb is refused", () => {
    for (const value of [{}, [], { sessions: [] }, { faults: [] }, { verb: "forecast" }]) {
      expect(validate(value), JSON.stringify(value)).toBe(false);
    }
  });
});

describe("faults: on the stream for answers, with exit code 2, and nothing on the other", () => {
  const lines: [string, string[]][] = [
    ["no such file", ["forecast", "nowhere.yaml"]],
    ["nothing in", ["forecast"]],
    ["a misspelt flag", ["forecast", "--josn"]],
    ["no such speaker", ["forecast", "ci/main", "--speaker", "tor9"]],
    ["a password without a value", ["render", "--frr", "tor1=trouble/password.conf"]],
    ["a verb that is none", ["predict"]],
  ];
  for (const [name, args] of lines) {
    test(name, () => {
      const ran = bgpfabric([...args, "--json"]);
      const value: unknown = JSON.parse(ran.out);
      expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
      expect(value).toMatchObject({ faults: [{}] });
      expect(ran).toMatchObject({ code: 2, err: "" });
    });
  }
});
