/** cEOS in a program: the container that is registered, the image that is asked for, and what is said aloud. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { LiveNetwork, Rack, UserError } from "../../components";
import { type Registered, record } from "./recorder";

const router = { os: "eos", asn: 65001, address: "10.10.10.1" } as const;
const segments = ["10.10.10.0/24"];

describe("a rack whose router is cEOS", () => {
  let all: Registered[];
  const said = vi.spyOn(pulumi.log, "warn");
  beforeAll(async () => {
    all = await record(() => {
      const rack = new Rack("rack1", { segments, router, image: "ceos:4.32.0F" });
      return new LiveNetwork("live", { parts: [rack] });
    });
  });

  it("runs the image that the program names, privileged, with its own startup files", () => {
    const container = all.find(({ type }) => type === "docker:index/container:Container");
    expect(container?.inputs).toMatchObject({
      privileged: true,
      stopSignal: "SIGRTMIN+3",
      envs: expect.arrayContaining(["CEOS=1"]) as string[],
      uploads: [{ file: "/mnt/flash/startup-config" }, { file: "/mnt/flash/if-wait.sh" }],
    });
    expect(all.find(({ type }) => type.endsWith(":RemoteImage"))?.inputs).toMatchObject({ name: "ceos:4.32.0F" });
  });

  it("says aloud that it is privileged", () => {
    expect(said.mock.calls.map(([text]) => text)).toContainEqual(
      expect.stringMatching(/^rack1-tor runs as a privileged container: cEOS can do what root of this machine can/),
    );
  });

  it("is configured and asked through the container: its BGP is the program's, its ports are its own", () => {
    const configuration = all.find(({ name }) => name === "live-rack1-tor");
    expect(configuration?.inputs).toMatchObject({ system: "eos", part: "bgp" });
    expect(configuration?.inputs).toHaveProperty("container");
    expect(configuration?.inputs["text"]).toMatch(/^! EOS-4\.32\n/);
  });
});

it("without an image is refused before anything is registered, and says where one comes from", async () => {
  const seen = await record(() => {
    expect(() => new Rack("rack1", { segments, router })).toThrow(UserError);
    expect(() => new Rack("rack1", { segments, router })).toThrow(
      /image: found nothing, expected an image of cEOS.*docker import cEOS64-lab/,
    );
  });
  expect(seen).toEqual([]);
});

it("is in no stack: `make up` never asks for an image that nobody may hand out", () => {
  const stacks = join(__dirname, "../../stacks");
  const programs = readdirSync(stacks).filter((file) => file.endsWith(".ts"));
  expect(programs.length).toBeGreaterThan(0);
  for (const file of programs) expect(readFileSync(join(stacks, file), "utf8")).not.toMatch(/os: "eos"/);
});
