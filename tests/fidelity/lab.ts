/** A Network as running daemons: a network namespace a speaker, a bridge a segment, and the daemon its dialect names. */
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { writeBird } from "../../components/config/bird";
import { writeFrr } from "../../components/config/frr";
import { gobgpCommands, writeGobgp } from "../../components/config/gobgp";
import type { Network, Speaker } from "../../components/bgp/network";
import { type Result, UserError } from "../../components/model/errors";
import { vrfOf, vrfsOf } from "./devices";
import type { Roots } from "./sandbox";

const run = promisify(execFile);

/** Every password of a fidelity Network is its own name: there is nothing to keep. */
export const secretOf = (name: string): string => name;

export interface Lab {
  network: Network;
  roots: Roots;
  /** Prefix of the names of its namespaces; short, they become path names. */
  id: string;
  started: number;
}

/** Instances on one node, which have the same addresses, share its namespace. */
export function namespaceOf({ id, network: { speakers } }: Lab, speaker: number): string {
  const own = addressesOf(speakers[speaker]);
  return `${id}-${speakers.findIndex((each) => addressesOf(each) === own)}`;
}

const addressesOf = (speaker: Speaker | undefined): string =>
  JSON.stringify(speaker?.interfaces.map(({ segment, addresses }) => [segment, addresses]));

/** Where GoBGP's own command asks: each instance of a namespace has a port. */
export const apiPort = (speaker: number): number => 50051 + speaker;

/** FRR 10 runs from the newer root; everything else from the older. */
export function rootOf(roots: Roots, speaker: Speaker): string {
  if (speaker.dialect.system === "frr" && !speaker.dialect.version.startsWith("8")) {
    if (roots.trixie === undefined)
      throw new Error(`${speaker.name} wants FRR ${speaker.dialect.version}: no such root`);
    return roots.trixie;
  }
  return roots.bookworm;
}

/** Brings all of it up; `order` permutes which speaker's daemons start first. */
export async function start(id: string, network: Network, roots: Roots, order?: number[]): Promise<Lab> {
  const lab: Lab = { network, roots, id, started: Date.now() };
  await bash(wires(lab));
  const sequence = order ?? network.speakers.map((_, index) => index);
  const commands: string[] = [];
  for (const index of sequence) {
    const speaker = network.speakers[index];
    if (speaker !== undefined && speaker.down !== true) commands.push(daemons(lab, speaker, index));
  }
  lab.started = Date.now();
  await bash(commands.join("\n"));
  return lab;
}

export async function stop(lab: Lab): Promise<void> {
  const kill = lab.network.speakers.map(
    (_, index) =>
      `for p in $(ip netns pids ${namespaceOf(lab, index)} 2>/dev/null); do kill -9 $p 2>/dev/null || true; done`,
  );
  const gone = lab.network.speakers.map(
    (_, index) => `[ ! -e /run/netns/${namespaceOf(lab, index)} ] || ip netns del ${namespaceOf(lab, index)} || true`,
  );
  const vrfs = lab.network.speakers.flatMap((speaker, index) =>
    vrfsOf(lab.network, index).map(
      ([name]) => `umount ${rootOf(lab.roots, speaker)}/run/vrfs/${namespaceOf(lab, index)}/${name} || true`,
    ),
  );
  await bash([...kill, ...vrfs, ...gone, `ip netns del ${lab.id}-sw || true`].join("\n"));
}

async function bash(script: string): Promise<void> {
  try {
    await run("bash", ["-euo", "pipefail", "-c", script], { maxBuffer: 64 << 20 });
  } catch (error) {
    const { stderr, stdout } = error as { stderr?: string; stdout?: string };
    throw new Error(`${String(stderr)}\n${String(stdout)}`);
  }
}

/** Namespaces, bridges, links and addresses. Bridges stand in a namespace of their own, where no filter sees them. */
function wires(lab: Lab): string {
  const sw = `${lab.id}-sw`;
  const lines: string[] = [`ip netns add ${sw}`];
  const bridge: string[] = [];
  const segments = new Map(lab.network.segments.map((segment, index) => [segment.name, { segment, index }]));
  for (const { index } of segments.values()) {
    bridge.push(
      `link add br${index} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`,
      `link set br${index} up`,
    );
  }
  lab.network.speakers.forEach((speaker, index) => {
    const ns = namespaceOf(lab, index);
    if (ns !== `${lab.id}-${index}`) return;
    lines.push(
      `ip netns add ${ns}`,
      // No duplicate address detection (it holds link-local addresses back a second), no reverse-path filter.
      `nsenter --net=/run/netns/${ns} sh -c 'cd /proc/sys/net; echo 1 > ipv4/ip_forward; echo 1 > ipv6/conf/all/forwarding;` +
        ` for i in all default; do echo 0 > ipv6/conf/$i/disable_ipv6; echo 0 > ipv6/conf/$i/accept_dad; echo 0 > ipv6/conf/$i/dad_transmits; echo 0 > ipv4/conf/$i/rp_filter; echo 0 > ipv6/conf/$i/accept_ra; done'`,
    );
    const inside: string[] = ["link set lo up"];
    speaker.interfaces.forEach((port, number) => {
      const attached = port.segment === undefined ? undefined : segments.get(port.segment);
      if (attached !== undefined) {
        const peer = `v${index}x${number}`;
        lines.push(`ip -n ${sw} link add ${peer} type veth peer name ${port.name} netns ${ns}`);
        bridge.push(`link set ${peer} master br${attached.index}`);
        // A segment that is down has lost its carrier: every interface on it sees that.
        const carrier = attached.segment.down !== true && speaker.down !== true;
        bridge.push(`link set ${peer} ${carrier ? "up" : "down"}`);
        inside.push(`link set ${port.name} ${port.down === true ? "down" : "up"}`);
      }
      for (const address of port.addresses) {
        inside.push(`addr add ${address} dev ${port.name}${address.includes(":") ? " nodad" : ""}`);
      }
    });
    for (const route of speaker.routes ?? []) {
      if (route.source !== "kernel") continue;
      const to = route.blackhole === true ? `blackhole ${route.prefix}` : route.prefix;
      const via = (route.via ?? []).map((address) => `nexthop via ${address}`).join(" ");
      const device = route.interface === undefined ? "" : ` dev ${route.interface}`;
      inside.push(`route add ${to} ${via}${device}`);
    }
    lines.push(batch(ns, inside));
  });
  lines.push(batch(sw, bridge));
  return lines.join("\n");
}

const batch = (ns: string, commands: string[]): string => `ip -n ${ns} -batch - <<'END'\n${commands.join("\n")}\nEND`;

/** Writes the speaker's files and gives the commands that start it. */
function daemons(lab: Lab, speaker: Speaker, index: number): string {
  const ns = namespaceOf(lab, index);
  const root = rootOf(lab.roots, speaker);
  const inside = `nsenter --net=/run/netns/${ns} chroot ${root}`;
  const secrets = secretOf;
  switch (speaker.dialect.system) {
    case "frr": {
      // A VRF comes up with its device.
      if (vrfOf(lab.network, speaker) !== undefined) return "";
      const { prepare, seen, zebra } = vrfNamespaces(lab, index, root);
      // zebra 10.3 ends when its VRFs are namespaces and it is told an interface's address: the kernel has it already.
      const addresses = zebra === "" ? "here" : "elsewhere";
      put(root, `/etc/frr/${ns}/frr.conf`, text(writeFrr(lab.network, speaker.name, { secrets, addresses })));
      put(root, `/etc/frr/${ns}/vtysh.conf`, "service integrated-vtysh-config\n");
      const said = `${root}/tmp/${ns}.vtysh.log`;
      const newer = !speaker.dialect.version.startsWith("8");
      return [
        `mkdir -p ${root}/run/frr/${ns}; chroot ${root} chown -R frr:frr /run/frr/${ns} /etc/frr/${ns}`,
        ...prepare,
        ...["zebra", ...(newer ? ["mgmtd"] : []), "staticd", "bgpd"].map(
          (daemon) =>
            `nsenter --net=/run/netns/${ns} ${seen} chroot ${root} /usr/lib/frr/${daemon} -d -N ${ns} -A 127.0.0.1` +
            `${daemon === "zebra" ? zebra : ""} >/dev/null 2>${root}/tmp/${ns}.${daemon}.log`,
        ),
        // FRR 10's mgmtd locks the configuration while its daemons introduce themselves: ask again until it is free.
        `for i in $(seq 50); do`,
        `  ${inside} vtysh -N ${ns} -b >${said} 2>&1 || true`,
        `  grep -q 'datastore locked' ${said} || break; sleep 0.1`,
        `done`,
        // vtysh names a line it could not apply and still ends well: that is an error of ours.
        `if grep -vE '^$|Waiting for children|Configuration\\[|end of context|done|sending configuration|does not exist|No changes found' ${said} >&2; then exit 1; fi`,
      ].join("\n");
    }
    case "bird": {
      put(root, `/etc/bird/${ns}.conf`, text(writeBird(lab.network, speaker.name, { secrets })));
      return `${inside} bird -c /etc/bird/${ns}.conf -s /run/${ns}.ctl -P /run/${ns}.pid`;
    }
    case "gobgp": {
      const own = `${ns}-${index}`;
      const port = apiPort(index);
      put(root, `/etc/${own}.yaml`, text(writeGobgp(lab.network, speaker.name, { secrets })));
      return [
        `${inside} gobgpd -t yaml -f /etc/${own}.yaml --api-hosts 127.0.0.1:${port} --pprof-disable >${root}/tmp/${own}.log 2>&1 &`,
        // Its own file originates nothing; it is told as soon as it listens.
        `for i in $(seq 100); do ${inside} gobgp -p ${port} global >/dev/null 2>&1 && break; sleep 0.1; done`,
        ...gobgpCommands(speaker).map((words) => `${inside} gobgp -p ${port} ${words.join(" ")} >&2`),
      ].join("\n");
    }
    case "eos":
    case "metallb":
      throw new Error(`${speaker.name}: no daemon for ${speaker.dialect.system} here`);
  }
}

/**
 * The VRFs of a device as network namespaces, which zebra finds by their names in /run/netns (`-n`): no kernel module is
 * needed. Each device sees its own there and no others.
 */
function vrfNamespaces(lab: Lab, device: number, root: string): { prepare: string[]; seen: string; zebra: string } {
  const vrfs = vrfsOf(lab.network, device);
  if (vrfs.length === 0) return { prepare: [], seen: "", zebra: "" };
  const folder = `${root}/run/vrfs/${namespaceOf(lab, device)}`;
  const prepare = [
    `mkdir -p ${folder} ${root}/run/netns`,
    ...vrfs.flatMap(([name, index]) => [
      `touch ${folder}/${name}`,
      `mount --bind /run/netns/${namespaceOf(lab, index)} ${folder}/${name}`,
    ]),
  ];
  const seen = `unshare --mount sh -c 'mount --rbind ${folder} ${root}/run/netns; exec "$@"' seen`;
  return { prepare, seen, zebra: " -n" };
}

function text(written: Result<string>): string {
  if (!written.ok) throw new UserError(written.faults);
  return written.value;
}

function put(root: string, path: string, text: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
