/**
 * Docker for a machine that has none: the daemon, containerd, runc and iptables, unpacked and never installed.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { run, which } from "../exec";
import { libraryDirs, unpackPackages } from "./debian";
import type { Part } from "./part";
import { atLeast, DOCKER, versionIn } from "./versions";

const PACKAGES = ["docker.io", "iptables", "tini"];
const NEEDED = ["dockerd", "containerd", "runc", "iptables"];

export const docker: Part = {
  name: "docker",
  version: DOCKER.version,
  inputs: () => ({ packages: PACKAGES.join(" "), arch: process.arch, recipe: "1" }),
  async found() {
    if (NEEDED.some((name) => which(name) === undefined)) return undefined;
    const version = versionIn((await run("dockerd", ["--version"])).stdout);
    return version !== undefined && atLeast(version, DOCKER.floor) ? { dir: "", version } : undefined;
  },
  async make(dir, { scratch, log }) {
    const root = path.join(dir, "root");
    await unpackPackages(PACKAGES, root, scratch, log);
    // What update-alternatives would do, inside our folder.
    const sbin = path.join(dir, "sbin");
    fs.mkdirSync(sbin);
    for (const program of ["iptables", "ip6tables"]) {
      for (const suffix of ["", "-save", "-restore"]) {
        fs.symlinkSync("../root/usr/sbin/xtables-nft-multi", path.join(sbin, program + suffix));
      }
    }
    // The client alone, for people's PATH.
    fs.mkdirSync(path.join(dir, "client"));
    fs.symlinkSync("../root/usr/bin/docker", path.join(dir, "client", "docker"));
    return "debian packages";
  },
};

/** What the daemon needs in its environment to find itself; nothing when Docker is the user's own (`dir` empty). */
export function dockerEnvironment(dir: string): Record<string, string> {
  if (dir === "") return {};
  const root = path.join(dir, "root");
  const libraries = libraryDirs(root);
  const searchPath = [path.join(dir, "sbin"), ...["usr/bin", "usr/sbin", "sbin"].map((at) => path.join(root, at))];
  return {
    PATH: [...searchPath, process.env["PATH"] ?? ""].join(":"),
    LD_LIBRARY_PATH: libraries.join(":"),
    XTABLES_LIBDIR: libraries.map((at) => path.join(at, "xtables")).find((at) => fs.existsSync(at)) ?? "",
  };
}
