/** The images that a cluster's nodes bring along, since no registry is asked: the control plane, kube-proxy, pods. */
import * as fs from "node:fs";
import * as path from "node:path";
import { ETCD_TAG, KUBERNETES } from "../versions";
import { type ArchiveConfig, copyPrograms, imageArchive, topLinks } from "./archive";

export interface ImageSources {
  /** Debian's root file system with nft and iptables. */
  debian: string;
  /** The lab's, with nginx. */
  lab: string;
  /** Folders with the programs, by the part's name. */
  kubernetes: string;
  kubelet: string;
  etcd: string;
  pause: string;
}

interface Image {
  name: string;
  /** Needed on the node that runs the control plane alone. */
  controlPlane?: true;
  config: ArchiveConfig;
  fill(this: void, stage: string): Promise<void> | void;
}

/** The pod of the agent finds its programs in the node, which has them anyway. */
export const AGENT_IMAGE = "bgpfabric/agent:1";
export const NGINX_IMAGE = "docker.io/library/nginx:1.28";
/** What `Shell` runs. */
export const SHELL_IMAGE = "docker.io/nicolaka/netshoot:v0.13";

function images({ debian, lab, kubernetes, kubelet, etcd, pause }: ImageSources): Image[] {
  const kube = (name: string, dir: string): Image => ({
    name: `registry.k8s.io/${name}:v${KUBERNETES.version}`,
    controlPlane: true,
    config: { Entrypoint: [`/usr/local/bin/${name}`] },
    fill: (stage) => program(path.join(dir, name), stage),
  });
  return [
    kube("kube-apiserver", kubernetes),
    kube("kube-controller-manager", kubernetes),
    kube("kube-scheduler", kubelet),
    {
      name: `registry.k8s.io/etcd:${ETCD_TAG}`,
      controlPlane: true,
      config: {},
      fill: (stage) => program(path.join(etcd, "etcd"), stage),
    },
    {
      name: `registry.k8s.io/kube-proxy:v${KUBERNETES.version}`,
      config: {},
      fill: async (stage) => {
        program(path.join(kubernetes, "kube-proxy"), stage);
        await copyPrograms(debian, ["/usr/sbin/nft", "/usr/sbin/xtables-nft-multi", "/usr/sbin/conntrack"], stage);
        iptables(debian, stage);
        topLinks(stage);
      },
    },
    {
      name: "registry.k8s.io/pause:3.10",
      config: { Entrypoint: ["/pause"] },
      fill: (stage) => fs.copyFileSync(path.join(pause, "pause"), path.join(stage, "pause")),
    },
    { name: `docker.io/${AGENT_IMAGE}`, config: {}, fill: agent },
    {
      name: NGINX_IMAGE,
      config: { Cmd: ["/usr/bin/sh", "-c", START_NGINX] },
      fill: (stage) => nginx(lab, stage),
    },
    { name: SHELL_IMAGE, config: { Cmd: ["/usr/bin/sleep", "infinity"] }, fill: (stage) => shell(debian, stage) },
  ];
}

/** Writes an archive an image; those of the control plane into a folder of their own. */
export async function writeArchives(sources: ImageSources, arch: string, to: string, scratch: string): Promise<void> {
  for (const { name, controlPlane, config, fill } of images(sources)) {
    const stage = fs.mkdtempSync(path.join(scratch, "image-"));
    fs.chmodSync(stage, 0o755);
    await fill(stage);
    const folder = path.join(to, controlPlane === true ? "control-plane" : "every-node");
    fs.mkdirSync(folder, { recursive: true });
    const file = path.join(folder, `${path.basename(name).replace(/[:.]/g, "-")}.tar`);
    await imageArchive({ name, arch, config }, stage, file);
    fs.rmSync(stage, { recursive: true });
  }
}

function program(file: string, stage: string): void {
  const bin = path.join(stage, "usr", "local", "bin");
  fs.mkdirSync(bin, { recursive: true });
  fs.copyFileSync(file, path.join(bin, path.basename(file)));
}

/** kube-proxy's mode iptables runs these names; their matches are libraries that no loader names, and they load libm. */
function iptables(root: string, stage: string): void {
  for (const name of ["iptables", "ip6tables"]) {
    for (const suffix of ["", "-save", "-restore"]) {
      fs.symlinkSync("xtables-nft-multi", path.join(stage, "usr/sbin", name + suffix));
    }
  }
  for (const library of fs.readdirSync(path.join(root, "usr/lib"))) {
    const at = path.join("usr/lib", library);
    if (!library.endsWith("-linux-gnu")) continue;
    fs.cpSync(path.join(root, at, "xtables"), path.join(stage, at, "xtables"), { recursive: true });
    fs.copyFileSync(path.join(root, at, "libm.so.6"), path.join(stage, at, "libm.so.6"));
  }
}

function agent(stage: string): void {
  for (const name of ["usr", "etc", "opt", "run", "tmp", "proc", "sys", "dev"]) fs.mkdirSync(path.join(stage, name));
  topLinks(stage);
}

async function nginx(root: string, stage: string): Promise<void> {
  await copyPrograms(root, ["/usr/sbin/nginx", "/usr/bin/dash", "/usr/bin/sleep"], stage);
  fs.symlinkSync("dash", path.join(stage, "usr/bin/sh"));
  topLinks(stage);
  for (const name of ["etc/nginx", "run", "tmp", "var/log/nginx", "var/lib/nginx", "usr/share/nginx"]) {
    fs.mkdirSync(path.join(stage, name), { recursive: true });
  }
  fs.writeFileSync(path.join(stage, "etc/passwd"), "root:x:0:0:root:/:/bin/sh\n");
  fs.writeFileSync(path.join(stage, "etc/group"), "root:x:0:\n");
  fs.writeFileSync(path.join(stage, "etc/nginx/nginx.conf"), NGINX);
}

/** What people look around with, out of the many programs of the image whose name it has. */
async function shell(root: string, stage: string): Promise<void> {
  const programs = ["/usr/bin/dash", "/usr/bin/cat", "/usr/bin/ls", "/usr/bin/sleep", "/usr/bin/ip", "/usr/bin/ping"];
  await copyPrograms(root, [...programs, "/usr/bin/curl", "/usr/bin/ss"], stage);
  fs.symlinkSync("dash", path.join(stage, "usr/bin/sh"));
  topLinks(stage);
  for (const name of ["etc", "proc", "sys", "tmp"]) fs.mkdirSync(path.join(stage, name), { recursive: true });
  fs.writeFileSync(path.join(stage, "etc/passwd"), "root:x:0:0:root:/:/bin/sh\n");
}

/**
 * A kernel without IPv6 refuses to listen on it. A pod that ends answers a little longer: kubelet stops it in the moment
 * in which it leaves its service's endpoints, and each node's kube-proxy needs its time to send nobody there any more.
 */
const START_NGINX = `[ ! -e /proc/net/if_inet6 ] || echo 'listen [::]:80; listen [::]:8080;' > /etc/nginx/ipv6.conf
/usr/sbin/nginx -g 'daemon off;' &
nginx=$!
trap 'sleep 3; kill -QUIT $nginx' TERM
wait $nginx || wait $nginx`;

/** The answer names the pod and the client; 8080 is for what asks for the port of a server that is not root's. */
const NGINX = `user root root;
worker_processes 1;
pid /run/nginx.pid;
error_log stderr;
events { worker_connections 64; }
http {
  access_log off;
  server {
    listen 80;
    listen 8080;
    include /etc/nginx/ipv6*.conf;
    location / { default_type text/plain; return 200 "$hostname answers $remote_addr\\n"; }
  }
}
`;
