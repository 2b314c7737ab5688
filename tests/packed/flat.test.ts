/**
 * BgpFabric as a source package: the schema that Pulumi's analyzer reads from it, and the fabric that plain data makes.
 * That a program in YAML, Python or Go runs with it is not shown here: their language hosts are not at hand.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { checkout, emptyProject, link, pack } from "./install";

interface Property {
  type?: string;
  $ref?: string;
  items?: Property;
  plain?: boolean;
  description?: string;
}
interface Schema {
  resources: Record<
    string,
    {
      isComponent: boolean;
      inputProperties: Record<string, Property>;
      requiredInputs: string[];
      properties: Record<string, Property>;
    }
  >;
  types: Record<string, { properties: Record<string, Property>; required: string[] }>;
}

const folder = mkdtempSync(join(tmpdir(), "bgpfabric-pack-"));
const TOKEN = "bgpfabric-flat:index:BgpFabric";
let at = "";
let schema: Schema;

const node = (script: string): string =>
  execFileSync(process.execPath, ["-e", script], { cwd: at, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

beforeAll(() => {
  execFileSync(process.execPath, [join(checkout, "engine", "prepare.mjs")], { cwd: checkout, stdio: "ignore" });
  execFileSync(process.execPath, [join(checkout, "cli", "bundle.mjs")], { cwd: checkout, stdio: "ignore" });
  at = emptyProject(pack(folder));
  cpSync(join(checkout, "docs/examples/flat"), at, { recursive: true });
  for (const name of ["@types/node", "undici-types", "typescript"]) link(at, name);
  schema = JSON.parse(
    node(`
      const { Analyzer } = require("@pulumi/pulumi/provider/experimental/analyzer");
      const { generateSchema } = require("@pulumi/pulumi/provider/experimental/schema");
      const manifest = require("./package.json");
      const { components, typeDefinitions, dependencies } =
        new Analyzer(process.cwd(), manifest.name, manifest, new Set(["BgpFabric"])).analyze();
      const { name, version, description } = manifest;
      console.log(JSON.stringify(generateSchema(name, version, description, components, typeDefinitions, dependencies)));
    `),
  ) as Schema;
  execFileSync(process.execPath, [join(checkout, "node_modules/typescript/bin/tsc"), "-p", "."], { cwd: at });
}, 600_000);
afterAll(() => {
  for (const one of [folder, at]) rmSync(one, { recursive: true, force: true });
});

describe("the schema that Pulumi reads from the package", () => {
  it("has one component, of plain data but for the way into a cluster", () => {
    expect(Object.keys(schema.resources)).toEqual([TOKEN]);
    const fabric = schema.resources[TOKEN];
    expect(fabric?.isComponent).toBe(true);
    const plain = Object.entries(fabric?.inputProperties ?? {}).filter(([, { plain }]) => plain !== true);
    expect(plain.map(([name]) => name)).toEqual(["kubeconfig"]);
    expect(fabric?.requiredInputs).toEqual(["asn", "cni", "nodes", "pods", "racks", "runtime"]);
    expect(Object.keys(fabric?.properties ?? {}).sort()).toEqual(["kubeconfig", "routes", "sessions"]);
  });

  it("has racks and nodes as types, a description on each field", () => {
    expect(Object.keys(schema.types).sort()).toEqual([
      "bgpfabric-flat:index:NodeData",
      "bgpfabric-flat:index:RackData",
    ]);
    for (const { properties } of Object.values(schema.types)) {
      for (const [name, { description }] of Object.entries(properties)) expect(description, name).toMatch(/\.$/);
    }
    expect(schema.types["bgpfabric-flat:index:NodeData"]?.required).toEqual(["address", "name", "rack"]);
  });

  it("takes the example in YAML: every property is one of the schema's, and none that is required is missing", () => {
    const program = parse(readFileSync(join(at, "example/Pulumi.yaml"), "utf8")) as {
      resources: Record<string, { type: string; properties: Record<string, unknown> }>;
    };
    const { type, properties } = program.resources["k01"] ?? { type: "", properties: {} };
    expect(type).toBe(TOKEN);
    const { inputProperties = {}, requiredInputs = [] } = schema.resources[TOKEN] ?? {};
    expect(Object.keys(properties).filter((name) => !(name in inputProperties))).toEqual([]);
    expect(requiredInputs.filter((name) => !(name in properties))).toEqual([]);
    for (const [list, name] of [
      ["racks", "RackData"],
      ["nodes", "NodeData"],
    ] as const) {
      const known = schema.types[`bgpfabric-flat:index:${name}`];
      for (const one of properties[list] as Record<string, unknown>[]) {
        expect(Object.keys(one).filter((field) => !(field in (known?.properties ?? {})))).toEqual([]);
        expect(known?.required.filter((field) => !(field in one))).toEqual([]);
      }
    }
  });
});

describe("the fabric that the example's plain data makes", () => {
  it("has a session with each node that speaks, and the services' range over both", () => {
    const printed = node(`
      const { record } = require("bgpfabric/testing");
      const { parse } = require("yaml");
      const { properties } = parse(require("node:fs").readFileSync("example/Pulumi.yaml", "utf8")).resources.k01;
      record(() => {
        const { BgpFabric } = require("./bin/bgpFabric");
        const { sessions, routes } = new BgpFabric("k01", properties);
        require("@pulumi/pulumi").all([sessions, routes]).apply((said) => console.log(JSON.stringify(said)));
      });
    `);
    const line = printed.split("\n").find((one) => one.startsWith("[")) ?? "[]";
    expect(JSON.parse(line)).toEqual([
      [
        "k01-worker 10.10.10.11 - rack1-tor 10.10.10.1: up ebgp AS 65010 - 65001 ipv4",
        "k01-worker2 10.10.10.12 - rack1-tor 10.10.10.1: up ebgp AS 65010 - 65001 ipv4",
      ],
      ["rack1-tor 172.16.0.240/28: ebgp via 10.10.10.11 10.10.10.12, path 65010"],
    ]);
  });
});
