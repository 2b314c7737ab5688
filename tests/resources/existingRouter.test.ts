/** A router that exists in a program: what is registered for it, what is secret, and which ways to it are refused. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInThisContext } from "node:vm";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  ExistingRouter,
  type ExistingRouterArgs,
  LiveNetwork,
  type RackHandle,
  UserError,
  place,
} from "../../components";
import { type Registered, mock, record, settled } from "./recorder";

const HOST_KEY = "SHA256:zZ9jM3vIRQG0yPbHmYUmvbC4F5Gx4pm5hhpBw3Yh0wE";
const reach = { by: "ssh", host: "tor1.example", user: "root", key: "PRIVATE KEY", hostKey: HOST_KEY } as const;
const switchReach = { by: "eapi", url: "https://tor1", user: "admin", password: "PASSWORD" } as const;
const args = (changes: Partial<ExistingRouterArgs> = {}): ExistingRouterArgs => ({
  os: "frr",
  version: "8.4",
  asn: 65001,
  segments: [{ prefix: "10.10.10.0/24", address: "10.10.10.1", interface: "Vlan10" }],
  reach,
  ...changes,
});

describe("a router that exists", () => {
  let all: Registered[];
  beforeAll(async () => {
    all = await record(() => {
      const tor = new ExistingRouter("tor1", args());
      return new LiveNetwork("live", { parts: [tor] });
    });
  });

  it("registers no container and no network: a component, its configuration and the gate", () => {
    expect(all.map(({ parent, type, name }) => `${parent ?? "-"} > ${type.split(":").at(-1)} ${name}`).sort()).toEqual([
      "- > ExistingRouter tor1",
      "- > LiveNetwork live",
      "live > Gate live-gate",
      "live > RouterConfiguration live-tor1",
    ]);
  });

  it("has its BGP pushed, and not a line of anything else", () => {
    const configuration = all.find(({ name }) => name === "live-tor1");
    expect(configuration?.inputs).toMatchObject({ part: "bgp", system: "frr", reach: { host: "tor1.example" } });
    expect(configuration?.inputs["text"]).toContain("router bgp 65001");
    expect(configuration?.inputs["text"]).not.toMatch(/hostname|forwarding|interface/);
  });

  it("keeps key and what was there before as secrets", () => {
    const configuration = all.find(({ name }) => name === "live-tor1");
    expect(configuration?.inputs["reach"]).toMatchObject({ key: { secret: "PRIVATE KEY" } });
    expect(configuration?.additionalSecretOutputs).toEqual(["reach", "before"]);
    expect(all.find(({ name }) => name === "live-gate")?.additionalSecretOutputs).toEqual(["speakers"]);
  });
});

type Example = (router: typeof ExistingRouter, live: typeof LiveNetwork, config: object) => void;

it("the example of docs/existing-routers.md registers what it says", async () => {
  const page = readFileSync(join(__dirname, "../../docs/existing-routers.md"), "utf8");
  const example = /```ts\n([^]*?)```/.exec(page)?.[1] ?? "";
  // A key in the docs is one that nobody has.
  const program = example.replace("ssh-ed25519 AAAA...", HOST_KEY);
  const config = { requireSecret: () => pulumi.secret("PRIVATE KEY") };
  const run = runInThisContext(`(ExistingRouter, LiveNetwork, config) => { ${program} }`) as Example;
  const all = await record(() => run(ExistingRouter, LiveNetwork, config));
  expect(all.map(({ name }) => name).sort()).toEqual(["live", "live-gate", "live-tor1", "tor1"]);
});

it("is a rack: nodes are placed on its segments, beside the router", async () => {
  const placed: string[] = [];
  await record(() => {
    const rack: RackHandle = new ExistingRouter("tor1", args());
    placed.push(...place(rack, ["control-plane", "worker"]).map(({ address }) => address));
  });
  expect(placed).toEqual(["10.10.10.2", "10.10.10.3"]);
});

describe("a way that cannot be gone is refused before anything is registered", () => {
  beforeAll(() => mock());
  afterEach(settled);
  const refusal = (changes: object): string[] => {
    try {
      new ExistingRouter("tor1", args(changes));
    } catch (error) {
      if (error instanceof UserError) return error.message.split("\n");
      throw error;
    }
    throw new Error("the call took it");
  };

  it.each<[string, object, RegExp]>([
    [
      "FRR by eAPI",
      { reach: { by: "eapi", url: "https://tor1", user: "a", password: "b" } },
      /reach\.by: found "eapi", expected "ssh"/,
    ],
    ["EOS by SSH", { os: "eos", version: "4.32" }, /reach\.by: found "ssh", expected "eapi"/],
    ["no host", { reach: { ...reach, host: "" } }, /reach\.host: found nothing, expected a name or an address/],
    [
      "a host key that was cut",
      { reach: { ...reach, hostKey: "ssh-ed25519 AAAA" } },
      /reach\.hostKey: found "ssh-ed25519 AAAA".*ssh-keyscan/,
    ],
    ["a port that is none", { reach: { ...reach, port: 70000 } }, /reach\.port: found "70000", expected a port/],
    [
      "eAPI over http",
      { os: "eos", version: "4.32", reach: { ...switchReach, url: "http://tor1" } },
      /reach\.url: found "http:\/\/tor1", expected "https:\/\/tor1\.example"/,
    ],
    [
      "a password in the address",
      { os: "eos", version: "4.32", reach: { ...switchReach, url: "https://admin:secret@tor1" } },
      /reach\.url: found .*a user and a password have fields of their own/,
    ],
    [
      "a fingerprint that is too short",
      { os: "eos", version: "4.32", reach: { ...switchReach, fingerprint: "AB:CD" } },
      /reach\.fingerprint: found "AB:CD", expected a SHA-256 fingerprint/,
    ],
    [
      "an authority that is no certificate",
      { os: "eos", version: "4.32", reach: { ...switchReach, authority: "ca.pem" } },
      /reach\.authority: found nothing, expected a certificate in PEM form/,
    ],
  ])("%s", (_what, changes, said) => {
    expect(refusal(changes)).toEqual([expect.stringMatching(said) as string]);
  });

  it("a secret of the program is not looked into", () => {
    expect(
      () => new ExistingRouter("tor1", args({ reach: { ...reach, hostKey: pulumi.secret(HOST_KEY) } })),
    ).not.toThrow();
  });
});
