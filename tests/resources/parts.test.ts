/** What parts bring: routers on segments that stand alone, passwords, and ways that this version does not have. */
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { LiveNetwork, type Part, Rack, Router, Segment, UserError, type RouterHandle } from "../../components";
import { type Registered, mock, record } from "./recorder";

const PASSWORD = "correct-horse-battery";

function twoRacks() {
  const lans = [1, 2].map((index) => new Segment(`lan${index}`, { prefix: `10.10.${index}0.0/24` }));
  const router = new Router("spine", { os: "frr", asn: 65001, segments: lans.map((segment) => ({ segment })) });
  const racks = lans.map((lan, index) => new Rack(`rack${index + 1}`, { segments: [lan], router }));
  return [...lans, router, ...racks];
}

/** A neighbor of the spine with a password, as any component may bring it. */
function protectedNeighbor(withPassword: boolean): Part {
  const password = withPassword ? { password: "spine" } : {};
  return {
    network: {
      speakers: [{ name: "spine", neighbors: [{ address: "10.10.10.9", remoteAs: 65009, ...password }] }],
    },
    resources: [],
    ...(withPassword ? { secrets: { spine: pulumi.secret(PASSWORD) } } : {}),
  };
}

describe("two racks with one router", () => {
  let all: Registered[];
  beforeAll(async () => {
    all = await record(() => new LiveNetwork("live", { parts: [...twoRacks(), protectedNeighbor(false)] }));
  });

  it("register each network, the router's container and its configuration once", () => {
    expect(all.map(({ parent, type, name }) => `${parent ?? "-"} > ${type.split(":").at(-1)} ${name}`).sort()).toEqual([
      "- > LiveNetwork live",
      "- > Rack rack1",
      "- > Rack rack2",
      "- > Router spine",
      "- > Segment lan1",
      "- > Segment lan2",
      "lan1 > Network lan1-segment",
      "lan1 > Preflight lan1-preflight",
      "lan2 > Network lan2-segment",
      "lan2 > Preflight lan2-preflight",
      "live > Gate live-gate",
      "live > RouterConfiguration live-spine",
      "spine > Container spine-container",
      "spine > RemoteImage spine-image",
    ]);
  });

  it("put the container on both networks, with the first address of each", () => {
    const container = all.find(({ name }) => name === "spine-container");
    expect(container?.inputs["networksAdvanced"]).toMatchObject([
      { ipv4Address: "10.10.10.1" },
      { ipv4Address: "10.10.20.1" },
    ]);
    expect(container?.waitsFor).toEqual(expect.arrayContaining(["lan1-segment", "lan2-segment"]));
  });
});

describe("a router's configuration", () => {
  const configuration = async (withPassword: boolean) => {
    const parts = () => [...twoRacks(), protectedNeighbor(withPassword)];
    const all = await record(() => new LiveNetwork("live", { parts: parts() }));
    return { all, text: all.find(({ name }) => name === "live-spine") };
  };

  it("is a secret when a password is in it, and the password stands nowhere else", async () => {
    const { all, text } = await configuration(true);
    expect(text?.inputs["text"]).toEqual({ secret: expect.stringContaining(`password ${PASSWORD}`) as string });
    expect(text?.additionalSecretOutputs).toEqual(["text"]);
    expect(JSON.stringify(all.filter((one) => one !== text))).not.toContain(PASSWORD);
  });

  it("has the gate look at each push with a password, since a password is in no forecast", async () => {
    const gate = async (withPassword: boolean) =>
      (await configuration(withPassword)).all.find(({ name }) => name === "live-gate")?.inputs ?? {};
    expect((await gate(true))["pushes"]).toHaveLength(1);
    expect(await gate(false)).not.toHaveProperty("pushes");
  });

  it("is readable when none is: a preview shows what a change writes", async () => {
    const { text } = await configuration(false);
    expect(text?.inputs["text"]).toContain("neighbor 10.10.10.9 remote-as 65009");
    expect(text?.additionalSecretOutputs).toEqual([]);
  });
});

describe("refused before anything is made", () => {
  beforeAll(() => mock());
  const given = (changes: Partial<RouterHandle>): Part => {
    const router: RouterHandle = {
      name: "core1",
      system: "frr",
      asn: 65001,
      addresses: {},
      neighbors: "listed",
      reach: { by: "docker", container: "core1" },
      ...changes,
    };
    const dialect = { system: router.system, version: "8.4" };
    return {
      network: { speakers: [{ name: "core1", dialect, asn: 65001, routerId: "10.0.0.1" }] },
      resources: [],
      routers: [router],
    };
  };
  const refusal = async (parts: Part[]): Promise<string[]> => {
    const said: string[] = [];
    const seen = await record(() => {
      try {
        new LiveNetwork("live", { parts });
      } catch (error) {
        if (error instanceof UserError) said.push(...error.message.split("\n"));
        else throw error;
      }
    });
    expect(seen).toEqual([]);
    return said;
  };

  it("FRR over eAPI, and EOS over SSH", async () => {
    const reach = { by: "eapi", url: "https://10.0.0.1", user: "admin", password: "PASSWORD" } as const;
    expect(await refusal([given({ reach })])).toEqual([
      expect.stringMatching(/^core1\.reach\.by: found "eapi", expected "docker" or "ssh"/) as string,
    ]);
    const ssh = { by: "ssh", host: "10.0.0.1", user: "admin", key: "KEY", hostKey: "HOSTKEY" } as const;
    expect(await refusal([given({ system: "eos", reach: ssh })])).toEqual([
      expect.stringMatching(/^core1\.reach\.by: found "ssh", expected "docker" or "eapi": EOS/) as string,
    ]);
  });

  it("a router over SSH that returns to its earlier configuration before the gate has looked", async () => {
    const confirmWithin = 30;
    const reach = {
      by: "ssh",
      host: "10.0.0.1",
      user: "admin",
      key: "KEY",
      hostKey: "HOSTKEY",
      confirmWithin,
    } as const;
    expect(await refusal([given({ reach })])).toEqual([
      expect.stringMatching(
        /^core1\.reach\.confirmWithin: found "30", expected more seconds than the gate may wait, 60/,
      ) as string,
    ]);
  });

  it("a router whose system it cannot configure while it runs", async () => {
    expect(await refusal([given({ system: "gobgp" })])).toEqual([
      expect.stringMatching(/^core1\.system: found "gobgp", expected frr or eos/) as string,
    ]);
  });

  it("a password without a value, by its name", async () => {
    const router = given({});
    const neighbor: Part = {
      network: {
        speakers: [{ name: "core1", neighbors: [{ address: "10.0.0.2", remoteAs: 65009, password: "core" }] }],
      },
      resources: [],
    };
    expect(await refusal([router, neighbor])).toEqual([
      expect.stringMatching(
        /^core1: password core: found nothing, expected a part with its value under secrets/,
      ) as string,
    ]);
  });
});

describe("a router that exists, over SSH", () => {
  const KEY = "private-key-of-the-router";
  const core: Part = {
    network: {
      speakers: [{ name: "core1", dialect: { system: "frr", version: "8.4" }, asn: 65001, routerId: "10.0.0.1" }],
    },
    resources: [],
    routers: [
      {
        name: "core1",
        system: "frr",
        asn: 65001,
        addresses: {},
        neighbors: "listed",
        reach: { by: "ssh", host: "10.0.0.1", user: "admin", key: KEY, hostKey: "SHA256:x", sudo: true },
      },
    ],
  };

  it("is configured and asked by that way, its key secret wherever it stands, and the gate waits for each push", async () => {
    const all = await record(() => new LiveNetwork("live", { parts: [core] }));
    const [configuration, gate] = ["live-core1", "live-gate"].map((name) => all.find((one) => one.name === name));
    const reach = { by: "ssh", host: "10.0.0.1", user: "admin", key: { secret: KEY }, hostKey: "SHA256:x", sudo: true };
    expect(configuration?.inputs).toMatchObject({ reach, system: "frr" });
    expect(configuration?.additionalSecretOutputs).toEqual(["reach", "before"]);
    expect(gate?.inputs["speakers"]).toMatchObject([{ name: "core1", reach }]);
    expect(gate?.additionalSecretOutputs).toEqual(["speakers"]);
    expect(gate?.waitsFor).toContain("live-core1");
  });
});
