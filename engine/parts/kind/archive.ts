/**
 * Container images without a registry and without a builder: a folder becomes the one layer of a docker-archive, which
 * containerd imports. A program brings the libraries that the loader of its root file system names.
 */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { must } from "../../exec";

export interface ArchiveConfig {
  Entrypoint?: string[];
  Cmd?: string[];
  Env?: string[];
}

/** Writes the archive `file` of an image with this name. `stage` holds its files. */
export async function imageArchive(
  { name, arch, config }: { name: string; arch: string; config: ArchiveConfig },
  stage: string,
  file: string,
): Promise<void> {
  const draft = `${file}.d`;
  fs.mkdirSync(draft, { recursive: true });
  const layer = path.join(draft, "layer.tar");
  // The same files make the same layer.
  const plain = ["--sort=name", "--mtime=@0", "--numeric-owner", "--owner=0", "--group=0"];
  await must("tar", ["--create", "--file", layer, ...plain, "--directory", stage, "."]);
  const digest = (await must("sha256sum", [layer])).slice(0, 64);
  const image = JSON.stringify({
    architecture: arch,
    os: "linux",
    config: { Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"], ...config },
    rootfs: { type: "layers", diff_ids: [`sha256:${digest}`] },
    history: [{ created: "1970-01-01T00:00:00Z", created_by: "bgpfabric" }],
    created: "1970-01-01T00:00:00Z",
  });
  const id = createHash("sha256").update(image).digest("hex");
  fs.writeFileSync(path.join(draft, `${id}.json`), image);
  const manifest = [{ Config: `${id}.json`, RepoTags: [name], Layers: ["layer.tar"] }];
  fs.writeFileSync(path.join(draft, "manifest.json"), JSON.stringify(manifest));
  await must("tar", ["--create", "--file", file, "--directory", draft, "manifest.json", `${id}.json`, "layer.tar"]);
  fs.rmSync(draft, { recursive: true });
}

/** The links at the top of Debian's root, so that paths of programs and loaders hold. */
export function topLinks(stage: string): void {
  for (const name of ["bin", "lib", "lib64", "sbin"]) fs.symlinkSync(`usr/${name}`, path.join(stage, name));
}

/** Copies programs of a root file system to the same places in the stage, with the libraries that they load. */
export async function copyPrograms(root: string, programs: readonly string[], stage: string): Promise<void> {
  for (const program of programs) {
    copyFile(root, program, stage);
    for (const library of librariesIn(await must("chroot", [root, "/usr/bin/ldd", program]))) {
      copyFile(root, library, stage);
    }
  }
}

/** Absolute paths in what ldd prints: "libc.so.6 => /lib/x/libc.so.6 (0x1)", "/lib64/ld-linux.so.2 (0x2)". */
export function librariesIn(told: string): string[] {
  return told.split("\n").flatMap((line) => /(?:^|\s)(\/\S+) \(0x/.exec(line)?.[1] ?? []);
}

function copyFile(root: string, file: string, stage: string): void {
  const at = file.replace(/^\/(bin|lib|lib64|sbin)\//, "/usr/$1/");
  const to = path.join(stage, at);
  if (fs.existsSync(to)) return;
  fs.mkdirSync(path.dirname(to), { recursive: true });
  // What the name leads to, under the name that is asked for.
  fs.copyFileSync(fs.realpathSync(inRoot(root, at)), to);
  fs.chmodSync(to, 0o755);
}

/** Follows a link of the root inside the root: an absolute target means the root's own. */
function inRoot(root: string, file: string): string {
  const at = path.join(root, file);
  const link = fs.lstatSync(at).isSymbolicLink() ? fs.readlinkSync(at) : undefined;
  if (link === undefined) return at;
  return inRoot(root, link.startsWith("/") ? link : path.join(path.dirname(file), link));
}
