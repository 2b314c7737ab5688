/**
 * The lab's Debian: one list of packages, and the root file system that debootstrap makes from it where no image
 * registry answers. The daemons of the fidelity tests come from here too.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { boundToUs, must, run, which } from "../exec";
import { SetupError } from "../places";
import { unpackPackages } from "./debian";
import type { Part, Workshop } from "./part";

export const SUITE = "bookworm";

/** Routers and speakers, the service path, what people look with, and Node.js for the agent of a bare cluster. */
export const PACKAGES = [
  ...["frr", "frr-pythontools", "bird", "gobgpd"],
  ...["nftables", "nginx-light", "nodejs", "ca-certificates"],
  ...["curl", "iproute2", "iputils-ping", "procps", "tcpdump"],
];

/** Packages whose versions are worth telling. */
export const NOTABLE = ["frr", "bird", "gobgpd", "nftables", "nginx-light", "nodejs"];

export const rootfs: Part = debianRoot(SUITE, PACKAGES);

/** Debian's next release, for its FRR 10: the fidelity tests run it beside the lab's FRR 8. */
export const newerRouters: Part = debianRoot("trixie", ["frr", "frr-pythontools", "iproute2"]);

export function debianRoot(suite: string, packages: readonly string[]): Part {
  return {
    name: "debian",
    version: suite,
    usual: 43,
    inputs: () => ({ suite, packages: packages.join(" "), arch: process.arch, recipe: "1" }),
    async make(dir, workshop) {
      if (process.platform !== "linux" || process.getuid?.() !== 0) {
        throw new SetupError(
          "the lab image needs either an image registry that your Docker daemon reaches, or Linux and root to make it with debootstrap",
        );
      }
      await debootstrap(path.join(dir, "root"), suite, packages, workshop);
      return "debian packages";
    },
  };
}

async function debootstrap(
  root: string,
  suite: string,
  packages: readonly string[],
  { scratch, log }: Workshop,
): Promise<void> {
  let program = which("debootstrap");
  const env: Record<string, string | undefined> = {
    ...process.env,
    TMPDIR: scratch,
    DEBIAN_FRONTEND: "noninteractive",
  };
  if (program === undefined) {
    const tools = path.join(scratch, "tools");
    await unpackPackages(["debootstrap", "debian-archive-keyring"], tools, scratch, log);
    program = path.join(tools, "usr/sbin/debootstrap");
    env["DEBOOTSTRAP_DIR"] = path.join(tools, "usr/share/debootstrap");
    env["KEYRING"] = path.join(tools, "usr/share/keyrings/debian-archive-keyring.gpg");
  }
  const script = path.join(scratch, "make-root");
  fs.writeFileSync(script, MAKE_ROOT);
  // Its mounts and processes live in namespaces that end with it, however this run ends.
  const [command, args] = boundToUs("unshare", [
    ...["--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc"],
    ...["--", "sh", "-e", script, program, root, suite, await mirror(suite), ...packages],
  ]);
  await must(command, args, { env, log });
}

/** The rest of the packages comes after the base: named in debootstrap's own list, some fail to configure. */
const MAKE_ROOT = `
debootstrap=$1 root=$2 suite=$3 mirror=$4
shift 4
"$debootstrap" --variant=minbase \${KEYRING:+--keyring="$KEYRING"} "$suite" "$root" $mirror
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
printf '#!/bin/sh\\nexit 101\\n' > "$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
export TMPDIR=/tmp
chroot "$root" apt-get update -qq
chroot "$root" apt-get install -y -qq --no-install-recommends "$@"
chroot "$root" apt-get clean
rm -rf "$root"/var/lib/apt/lists/* "$root"/usr/share/doc/* "$root"/usr/share/man/* "$root"/usr/share/locale/* \\
  "$root"/usr/sbin/policy-rc.d "$root"/etc/resolv.conf "$root"/var/log/*.log
`;

/** The mirror that this machine's apt uses, preferably for the suite, or nothing: then debootstrap knows its own. */
async function mirror(suite: string): Promise<string> {
  const listed = await run("apt-get", [
    "indextargets",
    "--format",
    "$(CREATED_BY)|$(ORIGIN)|$(CODENAME)|$(COMPONENT)|$(REPO_URI)",
  ]);
  return mirrorIn(listed.stdout, suite) ?? mirrorIn(listed.stdout, SUITE) ?? "";
}

export function mirrorIn(targets: string, suite: string): string | undefined {
  for (const line of targets.split("\n")) {
    const [by, origin, codename, component, uri] = line.split("|");
    if (by === "Packages" && origin === "Debian" && codename === suite && component === "main") return uri;
  }
  return undefined;
}

/** Package versions as dpkg records them in a root file system. */
export function installedVersions(status: string, names: readonly string[]): Record<string, string> {
  const versions: Record<string, string> = {};
  for (const entry of status.split("\n\n")) {
    const name = /^Package: (.*)$/m.exec(entry)?.[1];
    const version = /^Version: (.*)$/m.exec(entry)?.[1];
    if (name !== undefined && version !== undefined && names.includes(name)) versions[name] = version;
  }
  return versions;
}
