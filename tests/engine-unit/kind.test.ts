/** Proves what the parts of kind clusters are made from and how capabilities are taken out; kind itself is run by hand and by the kind lab. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { missingCapabilities, runtimeFolder } from "../../engine/host/capabilities";
import { needs, stackOn } from "../../engine/needs";
import { imageArchive, librariesIn } from "../../engine/parts/kind/archive";
import { dockerfileOf, nodeImageName } from "../../engine/parts/kind/image";
import { kindProgram, nodePrograms } from "../../engine/parts/kind/programs";
import { slotName } from "../../engine/parts/part";
import { temporaryFolder } from "./temporary";

const checkout = join(__dirname, "..", "..");

describe("a machine without CAP_SYS_RESOURCE", () => {
  const status = "Name:\tnode\nCapPrm:\t000001fffeffffff\nCapBnd:\t000001fffeffffff\n";

  it("lacks exactly that one of the 41 that the kernel knows", () => {
    expect(missingCapabilities(status)).toEqual(["CAP_SYS_RESOURCE"]);
  });

  it("gets a runtime in front of runc, under runc's name; a machine that lacks nothing gets none", () => {
    const run = temporaryFolder();
    expect(runtimeFolder(run, "CapBnd:\t000001ffffffffff\n")).toBeUndefined();
    expect(readdirSync(run)).toEqual([]);
    expect(readdirSync(runtimeFolder(run, status) ?? "")).toEqual(["runc"]);
  });

  /** Runs the runtime, on a machine without two capabilities, with a runc behind it that prints its arguments. */
  function called(words: (bundle: string) => string[], file: string, content: string): { said: string; after: string } {
    const folder = temporaryFolder();
    const front = runtimeFolder(folder, "CapBnd:\t0000017ffeffffff\n") ?? "";
    mkdirSync(join(folder, "bin"));
    writeFileSync(join(folder, "bin", "runc"), '#!/bin/sh\necho "$@"\n');
    chmodSync(join(folder, "bin/runc"), 0o755);
    writeFileSync(join(folder, file), content);
    // Whatever calls it may have put a folder of its own before it.
    const PATH = [folder, front, join(folder, "bin"), process.env["PATH"] ?? ""].join(delimiter);
    const { stdout } = spawnSync("runc", words(folder), { env: { ...process.env, PATH } });
    return { said: stdout.toString().trim(), after: readFileSync(join(folder, file), "utf8") };
  }
  const all = (caps: string[]) => JSON.stringify({ process: { capabilities: { bounding: caps, effective: caps } } });

  it("creates a privileged container with all the others", () => {
    const { said, after } = called(
      (bundle) => ["--root", "/r", "create", "--bundle", bundle, "id"],
      "config.json",
      all(["CAP_CHOWN", "CAP_SYS_RESOURCE", "CAP_BPF"]),
    );
    expect(after).toBe(all(["CAP_CHOWN"]));
    expect(said).toMatch(/^--root \/r create --bundle \S+ id$/);
  });

  it("runs a program in it with all the others, wherever the missing ones stand in the list", () => {
    const words = (bundle: string) => ["exec", "--process", join(bundle, "process.json"), "id"];
    expect(called(words, "process.json", all(["CAP_BPF", "CAP_CHOWN"])).after).toBe(all(["CAP_CHOWN"]));
    expect(called(words, "process.json", all(["CAP_SYS_RESOURCE"])).after).toBe(all([]));
  });

  it("leaves a container alone that does not ask for it", () => {
    const asked = all(["CAP_NET_ADMIN"]);
    expect(called((bundle) => ["run", `--bundle=${bundle}`, "id"], "config.json", asked).after).toBe(asked);
  });
});

describe("the parts of a kind cluster", () => {
  it("are made only for a stack whose clusters run on kind", () => {
    expect(needs("selective").kind).toBeUndefined();
    expect(needs(stackOn("selective", "kind"))).toEqual({ ...needs("selective"), kind: true });
    expect(stackOn("selective", "bare")).toBe("selective");
    expect(stackOn("selective-kind", "kind")).toBe("selective-kind");
  });

  it("pin the modules that the programs of a bare cluster pin, so that both share what is compiled", () => {
    const requires = (module: string) =>
      readFileSync(join(checkout, "engine", "go", module, "go.mod"), "utf8")
        .split("\n")
        .slice(1);
    expect(requires("kubelet")).toEqual(requires("kubernetes"));
  });

  it("are keyed by what they are made from, and so is the image", () => {
    expect(slotName(kindProgram(checkout))).toMatch(/^kind-0\.32\.0-[0-9a-f]{12}$/);
    expect(slotName(nodePrograms(checkout, "amd64"))).not.toBe(slotName(nodePrograms(checkout, "arm64")));
    expect(nodeImageName(checkout, "amd64", [])).not.toBe(nodeImageName(checkout, "arm64", []));
    // A CNI's own control plane is in the image of the stacks that run it alone.
    expect(nodeImageName(checkout, "amd64", ["cilium"])).not.toBe(nodeImageName(checkout, "amd64", []));
  });

  it("end in an image that systemd can be asked to stop, behind the entrypoint that keeps the machine's settings", () => {
    expect(dockerfileOf("bgpfabric/node:draft").split("\n")).toEqual([
      "FROM bgpfabric/node:draft",
      "ENV container=docker",
      "STOPSIGNAL SIGRTMIN+3",
      'ENTRYPOINT ["/usr/local/bin/keep-machine", "/sbin/init"]',
      "",
    ]);
  });
});

describe("an image without a builder", () => {
  it("brings the libraries that the loader names", () => {
    const told = [
      "\tlinux-vdso.so.1 (0x00007ffd)",
      "\tlibnftables.so.1 => /lib/x86_64-linux-gnu/libnftables.so.1 (0x00007f1)",
      "\t/lib64/ld-linux-x86-64.so.2 (0x00007f2)",
    ].join("\n");
    expect(librariesIn(told)).toEqual(["/lib/x86_64-linux-gnu/libnftables.so.1", "/lib64/ld-linux-x86-64.so.2"]);
    expect(librariesIn("\tnot a dynamic executable")).toEqual([]);
  });

  it("is a docker-archive of one layer, the same for the same files", async () => {
    const [stage, to] = [temporaryFolder(), temporaryFolder()];
    writeFileSync(join(stage, "pause"), "program");
    const image = { name: "registry.k8s.io/pause:3.10", arch: "amd64", config: { Entrypoint: ["/pause"] } };
    for (const name of ["one.tar", "two.tar"]) await imageArchive(image, stage, join(to, name));
    const inside = (archive: string, name: string) =>
      spawnSync("tar", ["-xOf", join(to, archive), name]).stdout.toString();
    const [manifest] = JSON.parse(inside("one.tar", "manifest.json")) as [{ Config: string; RepoTags: string[] }];
    expect(manifest).toMatchObject({ RepoTags: ["registry.k8s.io/pause:3.10"], Layers: ["layer.tar"] });
    expect(inside("two.tar", "manifest.json")).toBe(inside("one.tar", "manifest.json"));
    expect(JSON.parse(inside("one.tar", manifest.Config))).toMatchObject({
      os: "linux",
      architecture: "amd64",
      config: { Entrypoint: ["/pause"] },
    });
    expect(readdirSync(to).sort()).toEqual(["one.tar", "two.tar"]);
  });
});
