/**
 * The planning of docker resources without an engine or a daemon. What is expected comes from the recordings of
 * pulumi-docker 5.2.0 (changes a container or network there went through) and from Go's and tar's own formats.
 */
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { detailedDifference } from "../../../engine/plugins/docker/detailed";
import { createOptions, duration, nanoseconds } from "../../../engine/plugins/docker/containerSpec";
import { checkInputs } from "../../../engine/plugins/docker/inputs";
import { diff } from "../../../engine/plugins/docker/diff";
import { observed, planned, unfinished, withoutEmpty, written } from "../../../engine/plugins/docker/plan";
import { blank, importedInputs } from "../../../engine/plugins/docker/read";
import { packageSchema } from "../../../engine/plugins/docker/packageSchema";
import { container, network, schemas } from "../../../engine/plugins/docker/schemas";
import { parted } from "../../../engine/plugins/docker/tag";
import type { Schema } from "../../../engine/plugins/docker/schema";
import { tarOf } from "../../../engine/plugins/docker/upload";
import type { Checked } from "../../../engine/plugins/plugin";
import { unknown, type Values } from "../../../engine/plugins/values";

const check = ({ type }: Schema, schema: Schema, news: Values, olds?: Values): Checked =>
  checkInputs(schema, {
    type,
    urn: "urn:pulumi:s::p::t::auto",
    name: "auto",
    news,
    olds,
    seed: new Uint8Array([1]),
    autonaming: undefined,
    signal: new AbortController().signal,
    seconds: 0,
    log: () => undefined,
    status: () => undefined,
  });
const inputs = (schema: Schema, news: Values, olds?: Values): Values => check(schema, schema, news, olds).inputs;
const state = (schema: Schema, news: Values, seen: Values = {}): Values =>
  observed(schema.fields, planned(schema, inputs(schema, news)), seen);
/** What a plan says that goes from one set of arguments to another. */
const change = (schema: Schema, from: Values, to: Values, seen: Values = {}): Record<string, string> => {
  const prior = state(schema, from, seen);
  const news = inputs(schema, to);
  return detailedDifference(schema.fields, prior, planned(schema, news, prior), news);
};

const net: Values = { name: "conf-net", ipamConfigs: [{ subnet: "10.77.0.0/24", gateway: "10.77.0.254" }] };
const box: Values = {
  name: "conf-r",
  image: "i",
  command: ["/bin/sh", "-c", "sleep infinity"],
  networksAdvanced: [
    { name: "n1", ipv4Address: "10.77.1.1", aliases: ["r"] },
    { name: "n2", ipv4Address: "10.77.2.1" },
  ],
  envs: ["A=1"],
  uploads: [{ file: "/etc/r.conf", content: "one\n" }],
  labels: [{ label: "owner", value: "conf" }],
  restart: "no",
};

describe("the arguments of docker resources", () => {
  it("are completed by the defaults that are no zeros, and list them", () => {
    const { __defaults, ...rest } = inputs(container, { name: "c", image: "i" });
    expect(__defaults).toEqual([
      "containerReadRefreshTimeoutMilliseconds",
      "mustRun",
      "networkMode",
      "removeVolumes",
      "restart",
      "start",
      "waitTimeout",
    ]);
    expect(rest).toMatchObject({ networkMode: "bridge", restart: "no", waitTimeout: 60, mustRun: true });
  });

  it("a name left out is made of the resource's and seven hex digits, and kept by later runs", () => {
    const first = inputs(network, {});
    expect(first["name"]).toMatch(/^auto-[0-9a-f]{7}$/);
    expect(inputs(network, {}, { ...first, name: "auto-1234567" })["name"]).toBe("auto-1234567");
  });

  it("a name that was given and is then left out stays: the resource is kept", () => {
    expect(inputs(network, {}, { name: "given", __defaults: [] })["name"]).toBe("given");
  });
});

describe("a plan of docker resources", () => {
  const cases: [string, Schema, Values, Values, Record<string, string>][] = [
    [
      "a label added to a network",
      network,
      net,
      { ...net, labels: [{ label: "a", value: "b" }] },
      { labels: "add-replace" },
    ],
    [
      "a network's only label taken away",
      network,
      { ...net, labels: [{ label: "a", value: "b" }] },
      net,
      { labels: "delete-replace" },
    ],
    [
      "another subnet",
      network,
      net,
      { ...net, ipamConfigs: [{ subnet: "10.78.0.0/24", gateway: "10.78.0.254" }] },
      { ipamConfigs: "update-replace" },
    ],
    ["another restart policy", container, box, { ...box, restart: "unless-stopped" }, { restart: "update" }],
    ["a memory limit", container, box, { ...box, memory: 128 }, { memory: "add" }],
    ["a memory limit taken away", container, { ...box, memory: 128 }, box, { memory: "delete" }],
    ["another environment", container, box, { ...box, envs: ["A=2"] }, { "envs[0]": "update-replace" }],
    [
      "another uploaded file",
      container,
      box,
      { ...box, uploads: [{ file: "/etc/r.conf", content: "two\n" }] },
      { uploads: "update-replace" },
    ],
    [
      "one network less",
      container,
      box,
      { ...box, networksAdvanced: [{ name: "n1", ipv4Address: "10.77.1.2" }] },
      { networksAdvanced: "update-replace" },
    ],
    [
      "another word of the command",
      container,
      box,
      { ...box, command: ["/bin/sh", "-c", "exec sleep infinity"] },
      { "command[2]": "update-replace" },
    ],
    [
      "a health check, and waiting for it",
      container,
      box,
      { ...box, healthcheck: { tests: ["CMD", "true"], interval: "1s" }, wait: true },
      { healthcheck: "add", wait: "update" },
    ],
    ["an image that is not known yet", container, box, { ...box, image: unknown }, { image: "update-replace" }],
    ["environment left out: Docker's stays", container, box, { ...box, envs: null }, {}],
    [
      "networks in another order",
      container,
      box,
      { ...box, networksAdvanced: [...(box["networksAdvanced"] as Values[])].reverse() },
      {},
    ],
    ["an empty working directory", container, { ...box, workingDir: "/x" }, { ...box, workingDir: "" }, {}],
  ];
  it.each(cases)("%s", (_, schema, from, to, expected) => {
    expect(change(schema, from, to)).toEqual(expected);
  });

  it("a stopped container that should run is planned as an update", () => {
    expect(change(container, box, box, { mustRun: false })).toEqual({ mustRun: "update" });
  });

  it("the zeros that an update writes into the state are no change", () => {
    const prior = written(container.fields, state(container, box));
    const [first] = prior["networksAdvanced"] as Values[];
    expect(first?.["gwPriority"]).toBe(0);
    const news = inputs(container, box);
    expect(detailedDifference(container.fields, prior, planned(container, news, prior), news)).toEqual({});
  });
});

describe("a state that the official plugin left", () => {
  it("of a container that was made and did not start is replaced by the next update, not called done", () => {
    const prior = unfinished(container.fields, planned(container, inputs(container, box)));
    expect(prior).toMatchObject({ entrypoints: null, networkDatas: null, envs: ["A=1"] });
    expect(diff(container, prior, inputs(container, box))).toMatchObject({
      changes: true,
      detailed: { entrypoints: "add-replace", networkDatas: "add" },
      deleteBeforeReplace: true,
    });
  });

  // A refresh by the official plugin writes these empty where a creation leaves them out.
  it("after a refresh is no change: empty and absent are one", () => {
    const empty = { dns: [], dnsOpts: [], dnsSearches: [], groupAdds: [], logOpts: {}, storageOpts: {}, tmpfs: {} };
    const prior = { ...state(container, box), ...empty, memorySwap: 0 };
    expect(diff(container, prior, inputs(container, box))).toMatchObject({ changes: false, detailed: {} });
  });

  it("is not changed by our refresh: what was empty or absent stays as it was", () => {
    const before = { ...state(container, box), logOpts: {}, dns: null };
    const seen = { logOpts: {}, dns: [], tmpfs: {}, sysctls: { a: "1" } };
    const after = observed(container.fields, before, withoutEmpty(container.fields, before, seen));
    expect(after).toEqual({ ...before, sysctls: { a: "1" } });
  });

  it("after an import gives the arguments that a program would have written", () => {
    const seen = { name: "c", image: "i", hostname: "h", restart: "no", sysctls: { a: "1" }, dns: [], memory: 64 };
    const imported = importedInputs(container.fields, observed(container.fields, blank(container.fields), seen));
    expect(imported).toMatchObject({
      __defaults: [],
      name: "c",
      image: "i",
      hostname: "h",
      memory: 64,
      sysctls: { a: "1", __defaults: [] },
      // Docker does not tell these, and they have a default that is not nothing.
      mustRun: null,
      start: null,
      waitTimeout: null,
    });
    for (const left of ["dns", "restart", "labels", "logOpts", "tmpfs"]) expect(imported).not.toHaveProperty(left);
  });
});

describe("the package's schema", () => {
  const { resources, types } = JSON.parse(packageSchema("5.2.0", Object.values(schemas))) as {
    resources: Record<string, { inputProperties: Record<string, unknown>; requiredInputs: string[] }>;
    types: Record<string, unknown>;
  };

  it("names what a program must give, and every type that it refers to", () => {
    expect(resources["docker:index/container:Container"]?.requiredInputs).toEqual(["image"]);
    expect(resources["docker:index/tag:Tag"]?.requiredInputs).toEqual(["sourceImage", "targetImage"]);
    const references = [...JSON.stringify([resources, types]).matchAll(/"#\/types\/([^"]+)"/g)].map(
      ([, token]) => token,
    );
    expect(references.filter((token) => !(String(token) in types))).toEqual([]);
  });

  it("offers nothing that this plugin refuses", () => {
    expect(resources["docker:index/container:Container"]?.inputProperties).not.toHaveProperty("gpus");
    expect(resources["docker:index/remoteImage:RemoteImage"]?.inputProperties).not.toHaveProperty("build");
  });
});

describe("a tag's target", () => {
  it.each([
    ["image", "image", "latest"],
    ["registry.example:5000/team/image", "registry.example:5000/team/image", "latest"],
    ["registry.example:5000/team/image:2", "registry.example:5000/team/image", "2"],
  ])("%s is %s with %s", (name, repository, label) => expect(parted(name)).toEqual({ repository, label }));
});

describe("what goes to Docker", () => {
  it("capabilities have their prefix, however they were given", () => {
    const plan = planned(
      container,
      inputs(container, { ...box, capabilities: { adds: ["net_raw", "CAP_NET_ADMIN"] } }),
    );
    expect(createOptions(plan).HostConfig?.CapAdd).toEqual(["CAP_NET_ADMIN", "CAP_NET_RAW"]);
  });

  it.each([
    ["1s", 1e9],
    ["1m30s", 90e9],
    ["1h0m0.5s", 3600.5e9],
    ["0s", 0],
    ["20ms", 20e6],
  ])("the duration %s is written and read as Go does", (text, nano) => {
    expect(nanoseconds(text)).toBe(nano);
    expect(duration(nano)).toBe(text);
  });

  it.each(["/etc/frr/frr.conf", `/etc/${"deep/".repeat(40)}file`])("tar reads the archive of %s", (path) => {
    const archive = tarOf(path, Buffer.from("content\n"), 0o640, { user: 92, group: 93 });
    const listed = execFileSync("tar", ["--numeric-owner", "-tvPf", "-"], { input: archive }).toString();
    expect(listed).toContain(path);
    expect(listed).toMatch(/^-rw-r----- 92\/93 +8 /);
    expect(execFileSync("tar", ["-xOPf", "-"], { input: archive }).toString()).toBe("content\n");
  });
});
