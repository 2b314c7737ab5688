/**
 * The root of a kind node image: Debian, kind's own files over it, and what a machine needs that is not wholly its
 * root's. A user's kind configuration stays plain: nothing of this is in it.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { must } from "../../exec";
import { debianRoot, SUITE } from "../rootfs";
import type { Part } from "../part";
import { KUBERNETES } from "../versions";

/** kind's list without what only other storage needs, and the programs that kind builds itself: containerd, runc, CNI. */
const PACKAGES = [
  ...["systemd", "systemd-sysv", "conntrack", "iptables", "nftables", "iproute2", "ethtool", "util-linux", "mount"],
  ...["kmod", "libseccomp2", "pigz", "e2fsprogs", "bash", "ca-certificates", "curl", "jq", "procps", "iputils-ping"],
  ...["containerd", "runc", "containernetworking-plugins"],
  // The agent's own: what runs instead of a CNI's agent.
  ...["nodejs", "bird", "gobgpd"],
];

export const nodeRoot: Part = { ...debianRoot(SUITE, PACKAGES), name: "debian-node", usual: 40 };

/** Where the archives of images lie in a node. */
export const ARCHIVES = "kind/archives";
export const ENTRYPOINT = "/usr/local/bin/keep-machine";

export interface NodeParts {
  /** kind's own files. */
  files: string;
  /** Programs for /usr/bin. */
  programs: readonly string[];
  /** A CNI's own control plane, for /usr/local/bin, as in the lab image. */
  planes: readonly string[];
}

/** Makes a copy of Debian's root into a node's. `stage` shares files with the part: they are replaced, never written to. */
export async function fillNode(stage: string, { files, programs, planes }: NodeParts): Promise<void> {
  for (const folder of fs.readdirSync(files)) {
    fs.cpSync(path.join(files, folder), path.join(stage, folder), { recursive: true, force: true });
  }
  for (const name of ["usr/local/bin", "kind/bin"]) {
    for (const file of fs.readdirSync(path.join(stage, name))) fs.chmodSync(path.join(stage, name, file), 0o755);
  }
  for (const file of programs) put(stage, `usr/bin/${path.basename(file)}`, fs.readFileSync(file), 0o755);
  for (const file of planes) put(stage, `usr/local/bin/${path.basename(file)}`, fs.readFileSync(file), 0o755);
  for (const name of ["containerd", "ctr", "containerd-shim-runc-v2"])
    link(stage, `/usr/bin/${name}`, `usr/local/bin/${name}`);
  link(stage, "/usr/lib/systemd/systemd", "usr/sbin/init");
  fs.mkdirSync(path.join(stage, "opt/cni"), { recursive: true });
  link(stage, "/usr/lib/cni", "opt/cni/bin");
  put(stage, "kind/version", `v${KUBERNETES.version}\n`);
  fs.mkdirSync(path.join(stage, "etc/kubernetes/manifests"), { recursive: true });
  units(stage);
  machine(stage);
  await containerd(stage);
}

/** The units that a container starts: what kind's own image leaves of the distribution's, and kind's three. */
function units(stage: string): void {
  const unwanted: [folder: string, units: RegExp][] = [
    ["usr/lib/systemd/system/sysinit.target.wants", /^systemd-tmpfiles-setup\.service$/],
    ["usr/lib/systemd/system/sockets.target.wants", /udev|initctl/],
    ...["multi-user", "local-fs", "basic", "timers"].map((target): [string, RegExp] => [
      `usr/lib/systemd/system/${target}.target.wants`,
      /./,
    ]),
    ...["multi-user", "sysinit", "sockets", "timers", "getty"].map((target): [string, RegExp] => [
      `etc/systemd/system/${target}.target.wants`,
      /./,
    ]),
  ];
  for (const [folder, names] of unwanted) {
    const at = path.join(stage, folder);
    if (!fs.existsSync(at)) continue;
    for (const unit of fs.readdirSync(at)) if (names.test(unit)) fs.rmSync(path.join(at, unit));
  }
  for (const unit of ["kubelet", "containerd", "undo-mount-hacks"]) {
    link(stage, `/etc/systemd/system/${unit}.service`, `etc/systemd/system/multi-user.target.wants/${unit}.service`);
  }
  // Nobody is asked for a password here, and each watch for one takes an instance of inotify, of which a machine has 128.
  for (const unit of [
    "systemd-binfmt.service",
    "systemd-ask-password-console.path",
    "systemd-ask-password-wall.path",
  ]) {
    link(stage, "/dev/null", `etc/systemd/system/${unit}`);
  }
  const journald = path.join(stage, "etc/systemd/journald.conf");
  put(stage, "etc/systemd/journald.conf", `${fs.readFileSync(journald, "utf8")}\nReadKMsg=no\n`);
}

/** What belongs to the whole machine stays as it is. */
function machine(stage: string): void {
  put(stage, ENTRYPOINT, KEEP_MACHINE, 0o755);
  for (const folder of ["usr/lib/sysctl.d", "etc/sysctl.d"]) {
    fs.rmSync(path.join(stage, folder), { recursive: true, force: true });
  }
  put(stage, "etc/sysctl.d/10-node.conf", NODE_SETTINGS);
  // Kubernetes 1.35 and later refuse cgroup v1 unless they are told.
  put(
    stage,
    "etc/default/kubelet",
    "KUBELET_EXTRA_ARGS=--runtime-cgroups=/system.slice/containerd.service --fail-cgroupv1=false\n",
  );
}

async function containerd(stage: string): Promise<void> {
  const file = path.join(stage, "etc/containerd/config.toml");
  // Lowering a process's score below its parent's is the machine's to allow.
  const text = fs.readFileSync(file, "utf8").replace("restrict_oom_score_adj = false", "restrict_oom_score_adj = true");
  put(stage, "etc/containerd/config.toml", text);
  const spec = JSON.parse(await must("chroot", [stage, "/usr/bin/ctr", "oci", "spec"])) as OciSpec;
  delete spec.process.rlimits;
  spec.hooks = { createContainer: [{ path: "/kind/bin/mount-product-files.sh" }] };
  put(stage, "etc/containerd/cri-base.json", JSON.stringify(spec));
  put(stage, "usr/local/bin/import-images", IMPORT_IMAGES, 0o755);
  put(
    stage,
    "etc/systemd/system/containerd.service.d/10-images.conf",
    "[Service]\nExecStartPost=/usr/local/bin/import-images\n",
  );
}

interface OciSpec {
  process: { rlimits?: unknown };
  hooks?: object;
}

/**
 * The node's own network: as kind has it for its DNS, and forwarding without a check of the source, since the way back
 * of a packet may lead over another segment.
 */
const NODE_SETTINGS = `net.ipv4.conf.all.route_localnet=1
net.ipv4.conf.all.arp_ignore=0
net.ipv4.conf.all.rp_filter=0
net.ipv4.conf.default.rp_filter=0
net.ipv4.ip_forward=1
`;

/** Into the node's own store, once; a node that runs no control plane is spared its images. */
const IMPORT_IMAGES = `#!/bin/sh
done=/var/lib/containerd/imported
[ ! -e "$done" ] || exit 0
set -e
archives="/${ARCHIVES}/every-node/*.tar"
case $(hostname) in *-control-plane*) archives="$archives /${ARCHIVES}/control-plane/*.tar" ;; esac
for archive in $archives; do
  ctr --namespace k8s.io images import --no-unpack "$archive" >/dev/null
done
touch "$done"
`;

/**
 * systemd and kubelet set these for the whole machine. Each is covered by a file that takes the writing, so that both
 * read back what they wrote and the machine keeps what it has.
 */
const KEEP_MACHINE = `#!/bin/sh
kept=/kind/machine
mkdir -p "$kept"
for name in fs/file-max fs/nr_open fs/protected_fifos fs/protected_hardlinks fs/protected_regular fs/protected_symlinks \\
  fs/inotify/max_user_instances fs/inotify/max_user_watches kernel/core_pattern kernel/core_uses_pid kernel/kptr_restrict \\
  kernel/panic kernel/panic_on_oops kernel/pid_max kernel/printk kernel/sysrq kernel/yama/ptrace_scope \\
  kernel/keys/root_maxkeys kernel/keys/root_maxbytes vm/max_map_count vm/overcommit_memory vm/panic_on_oom; do
  setting=/proc/sys/$name
  [ -e "$setting" ] || continue
  file=$kept/$(echo "$name" | tr / .)
  cat "$setting" > "$file" 2>/dev/null || continue
  mount --bind "$file" "$setting"
done
exec /usr/local/bin/entrypoint "$@"
`;

function put(stage: string, name: string, content: string | Buffer, mode = 0o644): void {
  const file = path.join(stage, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.rmSync(file, { force: true });
  fs.writeFileSync(file, content, { mode });
}

function link(stage: string, target: string, name: string): void {
  const file = path.join(stage, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.rmSync(file, { force: true, recursive: true });
  fs.symlinkSync(target, file);
}
