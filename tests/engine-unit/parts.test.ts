/** Proves how versions are compared, parts keyed and foreign texts read; not that the parts work. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { contentsOf, keyOf } from "../../engine/hash";
import { silent } from "../../engine/progress";
import { packagesIn } from "../../engine/parts/debian";
import { sumFor } from "../../engine/parts/download";
import { CLUSTER_PROGRAMS, etcd, kubernetes } from "../../engine/parts/kubernetes";
import { needs } from "../../engine/needs";
import { dockerfile, imageName, imageParts } from "../../engine/parts/image";
import { lookUp, provide, slotName, type Part } from "../../engine/parts/part";
import { pulumiCli } from "../../engine/parts/pulumi";
import { installedVersions, mirrorIn, PACKAGES, SUITE } from "../../engine/parts/rootfs";
import { atLeast, ETCD, KUBERNETES, versionIn } from "../../engine/parts/versions";
import { temporaryFolder } from "./temporary";

const checkout = join(__dirname, "..", "..");

describe("a version floor", () => {
  it.each([
    ["3.259.0", "3.248.0", true],
    ["3.248.0", "3.248.0", true],
    ["3.99.0", "3.248.0", false],
    ["4.0.0", "3.248.0", true],
    ["1.26", "1.26.0", true],
    ["20.10.24", "20.10.5", true],
    ["19.03.15", "20.10.0", false],
  ])("%s against %s: %s", (version, floor, enough) => expect(atLeast(version, floor)).toBe(enough));

  it("is held against what programs print about themselves", () => {
    expect(versionIn("v3.259.0")).toBe("3.259.0");
    expect(versionIn("Kubernetes v1.36.2")).toBe("1.36.2");
    expect(versionIn("etcd Version: 3.6.5\nGit SHA: Not provided")).toBe("3.6.5");
    expect(versionIn("Docker version 20.10.24+dfsg1, build 297e128")).toBe("20.10.24");
    expect(versionIn("go1.26.8")).toBe("1.26.8");
    expect(versionIn("command not found")).toBeUndefined();
  });
});

describe("the key of a part", () => {
  it("changes with any input, by name or by value, and not with their order", () => {
    const key = keyOf({ a: "1", b: "2" });
    expect(keyOf({ b: "2", a: "1" })).toBe(key);
    expect(keyOf({ a: "1", b: "3" })).not.toBe(key);
    expect(keyOf({ a: "12", b: "" })).not.toBe(key);
    expect(keyOf({ a: "1", b2: "" })).not.toBe(key);
  });

  it("holds every file of a module, wherever the checkout lies", () => {
    const [one, two] = [temporaryFolder(), temporaryFolder()];
    for (const folder of [one, two]) {
      mkdirSync(join(folder, "sub"));
      writeFileSync(join(folder, "go.mod"), "module x");
      writeFileSync(join(folder, "sub", "main.go"), "package main");
    }
    expect(keyOf(contentsOf(one))).toBe(keyOf(contentsOf(two)));
    writeFileSync(join(two, "go.mod"), "module y");
    expect(keyOf(contentsOf(one))).not.toBe(keyOf(contentsOf(two)));
  });

  it("differs between architectures for programs that go into containers", () => {
    expect(slotName(etcd(checkout, "amd64"))).not.toBe(slotName(etcd(checkout, "arm64")));
    expect(slotName(kubernetes(checkout, "amd64"))).toMatch(/^kubernetes-1\.36\.2-[0-9a-f]{12}$/);
  });
});

describe("the three ways to a part", () => {
  const made: string[] = [];
  const part = (ways: Partial<Part>): Part => ({
    name: "thing",
    version: "1.0.0",
    inputs: () => ({ recipe: "1" }),
    make: (dir) => {
      made.push("make");
      writeFileSync(join(dir, "thing"), "made");
      return Promise.resolve("go modules");
    },
    ...ways,
  });
  const here = (cache: string) => ({
    at: { cache, state: "", run: "", lab: "lab", checkout },
    progress: silent,
  });
  afterEach(() => made.splice(0));

  it("are tried in order: the user's own comes first and nothing is fetched or made", async () => {
    const found = () => Promise.resolve({ dir: "/usr/bin", version: "1.1.0" });
    const ready = await provide(part({ found }), here(temporaryFolder()));
    expect(ready).toMatchObject({ origin: "path", version: "1.1.0", dir: "/usr/bin" });
    expect(made).toEqual([]);
  });

  it("go to the official server next", async () => {
    const fetch = () => Promise.resolve(true);
    const ready = await provide(part({ found: () => Promise.resolve(undefined), fetch }), here(temporaryFolder()));
    expect(ready.origin).toBe("official");
    expect(made).toEqual([]);
  });

  it("end with the pinned sources where no server answers, once for all later runs", async () => {
    const cache = temporaryFolder();
    const wanted = part({ fetch: () => Promise.resolve(false) });
    expect((await provide(wanted, here(cache))).origin).toBe("go modules");
    expect((await provide(wanted, here(cache))).origin).toBe("go modules");
    expect(made).toEqual(["make"]);
  });

  it("make a part once when two runs want it at the same time", async () => {
    const cache = temporaryFolder();
    await Promise.all([provide(part({}), here(cache)), provide(part({}), here(cache))]);
    expect(made).toEqual(["make"]);
  });
});

describe("the user's own pulumi", () => {
  afterEach(() => vi.unstubAllEnvs());

  function onPath(version: string, languageHost: boolean): string {
    const bin = temporaryFolder();
    const programs = ["pulumi", ...(languageHost ? ["pulumi-language-nodejs"] : [])];
    for (const name of programs) {
      writeFileSync(join(bin, name), `#!/bin/sh\necho v${version}\n`);
      chmodSync(join(bin, name), 0o755);
    }
    vi.stubEnv("PATH", [bin, "/usr/bin", "/bin"].join(delimiter));
    return bin;
  }

  it("is taken when it is new enough and has its language host", async () => {
    const bin = onPath("3.260.1", true);
    expect(await lookUp(pulumiCli(checkout), temporaryFolder())).toMatchObject({
      origin: "path",
      version: "3.260.1",
      dir: bin,
    });
  });

  it("is left alone when it is older than the floor", async () => {
    onPath("3.100.0", true);
    expect(await lookUp(pulumiCli(checkout), temporaryFolder())).toBeUndefined();
  });

  it("is left alone when its language host is missing", async () => {
    onPath("3.260.1", false);
    expect(await lookUp(pulumiCli(checkout), temporaryFolder())).toBeUndefined();
  });
});

describe("what other programs print", () => {
  it("apt's plan names the packages that the machine lacks", () => {
    const plan = [
      "'http://mirror.example/debian/pool/main/r/runc/runc_1.1.5%2bds1-1_amd64.deb' runc_1.1.5+ds1-1_amd64.deb 2709960 MD5Sum:55",
      "'http://mirror.example/debian/pool/main/d/debootstrap/debootstrap_1.0.128_all.deb' debootstrap_1.0.128_all.deb 45106 MD5Sum:3d",
      "",
    ].join("\n");
    expect(packagesIn(plan)).toEqual(["runc", "debootstrap"]);
  });

  it("apt's index targets name the mirror of the wanted suite, not that of its updates", () => {
    const targets = [
      "Packages|Other|bookworm|main|https://other.example/",
      "Packages|Debian|bookworm-updates|main|http://mirror.example/updates/",
      "Packages|Debian|bookworm|main|http://mirror.example/debian/",
    ].join("\n");
    expect(mirrorIn(targets, "bookworm")).toBe("http://mirror.example/debian/");
    expect(mirrorIn(targets, "trixie")).toBeUndefined();
  });

  it("dpkg's status tells the versions that the image's label carries", () => {
    const status =
      "Package: frr\nStatus: install ok installed\nVersion: 8.4.4-1.1~deb12u2\n\nPackage: bash\nVersion: 5.2\n";
    expect(installedVersions(status, ["frr", "bird"])).toEqual({ frr: "8.4.4-1.1~deb12u2" });
  });

  it("a checksum list gives the sum of the wanted file alone", () => {
    const [a, b] = ["a".repeat(64), "b".repeat(64)];
    expect(sumFor(`${a}  one.tar.gz\n${b} *two.tar.gz\n`, "two.tar.gz")).toBe(b);
    expect(sumFor(`${a}\n`, "kube-proxy")).toBe(a);
    expect(sumFor("404 page not found", "one")).toBeUndefined();
  });
});

describe("the lab image", () => {
  it("has one list of packages for both ways of building", () => {
    for (const name of PACKAGES) expect(dockerfile()).toContain(` ${name} `);
  });

  it("holds the same packages and versions when a program builds it by LabImage", () => {
    const published = readFileSync(join(checkout, "images", "lab", "Dockerfile"), "utf8");
    const installed = /--no-install-recommends ([^&]*)&&/.exec(published.replaceAll("\\\n", " "))?.[1] ?? "";
    expect(installed.trim().split(/\s+/)).toEqual(PACKAGES);
    expect(published).toContain(`ARG DEBIAN=debian:${SUITE}-slim\n`);
    expect(published).toContain(`ARG KUBERNETES_VERSION=${KUBERNETES.version}\n`);
    expect(published).toContain(`ARG ETCD_VERSION=${ETCD.version}\n`);
    for (const program of [...CLUSTER_PROGRAMS, "etcd"]) expect(published).toContain(`/usr/local/bin/${program} `);
  });
});

describe("the Go modules", () => {
  it.each([
    ["pulumi", "github.com/pulumi/pulumi/pkg/v3 v3.259.0"],
    ["nodejs", "github.com/pulumi/pulumi/sdk/v3 v3.68.0"],
    ["kubernetes", "k8s.io/kubernetes v1.36.2"],
    ["etcd", "go.etcd.io/etcd/server/v3 v3.6.8"],
    ["metallb", "go.universe.tf/metallb v0.15.2"],
    ["metallb", "github.com/metallb/frr-k8s v0.0.20"],
  ])("%s pins %s with its sums", (module, requirement) => {
    const folder = join(checkout, "engine", "go", module);
    expect(readFileSync(join(folder, "go.mod"), "utf8")).toContain(requirement);
    expect(readFileSync(join(folder, "go.sum"), "utf8")).toContain(`${requirement} h1:`);
  });
});

describe("what a stack's image holds", () => {
  const parts = (stack: string) => imageParts(checkout, "amd64", needs(stack)).map(({ name }) => name);

  it("a control plane only where the stack's CNI has one of its own", () => {
    expect(parts("selective")).toEqual(["kubernetes", "etcd", "debian"]);
    expect(parts("kube-router")).toEqual(["kubernetes", "etcd", "debian"]);
    expect(parts("cilium-racks")).toEqual(["kubernetes", "etcd", "cilium", "debian"]);
    expect(parts("cilium-racks-unnumbered")).toEqual(parts("cilium-racks"));
    expect(parts("metallb")).toEqual(["kubernetes", "etcd", "metallb", "debian"]);
  });

  it("has a name of its own for other contents, and one name for the same", () => {
    const name = (stack: string) => imageName(checkout, "amd64", needs(stack));
    expect(name("kube-router")).toBe(name("selective"));
    expect(name("cilium-racks")).not.toBe(name("selective"));
  });
});
