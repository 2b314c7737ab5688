/**
 * How cEOS starts in a container, after containerlab's kind of the same name (nodes/ceos). EOS owns its interfaces: its
 * startup file says their addresses, and a wait before init gives them the names that EOS maps to ports. It was never run
 * here: the image is the user's own (docs/existing-routers.md).
 */
import { familyOf } from "../../model/address";
import type { Interface, Speaker } from "../../bgp/network";
import type { ContainerRouter } from "./container";

const FLASH = "/mnt/flash";
const WAIT = `${FLASH}/if-wait.sh`;

/** Both in the environment and as systemd's, since init starts with an empty one. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  CEOS: "1",
  EOS_PLATFORM: "ceoslab",
  ETBA: "1",
  INTFTYPE: "eth",
  SKIP_ZEROTOUCH_BARRIER_IN_SYSDBINIT: "1",
  container: "docker",
};

export const eosContainer: ContainerRouter = {
  versions: ["4.32"],
  usersImage:
    "cEOS-lab, which Arista gives to those who have an account there: `docker import cEOS64-lab-4.32.0F.tar.xz ceos:4.32.0F`",
  names: { port: (index) => `Ethernet${index + 1}`, loopback: "Loopback0" },
  start: (speaker) => ({
    command: [
      "bash",
      "-c",
      `${WAIT} ${ports(speaker).map(renamed).join(" ")}; exec /sbin/init ${settings("systemd.setenv=").join(" ")}`,
    ],
    environment: settings(""),
    uploads: [
      { file: `${FLASH}/startup-config`, content: startup(speaker) },
      { file: WAIT, content: wait, executable: true },
    ],
    // EOS runs a whole init with its own namespaces and mounts.
    privileged: true,
    stopSignal: "SIGRTMIN+3",
    capabilities: [],
    sysctls: {},
  }),
  // The startup file has the rest.
  writes: () => ({ part: "bgp" }),
};

function settings(before: string): string[] {
  return Object.entries(ENVIRONMENT).map(([name, value]) => `${before}${name}=${value}`);
}

function ports({ interfaces }: Speaker): Interface[] {
  return interfaces.filter(({ segment }) => segment !== undefined);
}

/** "10.10.10.1=eth1": EOS maps eth1 to Ethernet1. */
function renamed({ addresses }: Interface, index: number): string {
  return `${addresses[0]?.split("/")[0] ?? ""}=eth${index + 1}`;
}

/** What EOS starts with: its ports and loopbacks, and its API on a socket of the container's own. BGP is pushed in place. */
function startup({ name, interfaces }: Speaker): string {
  const lines = interfaces.flatMap(({ name: port, segment, addresses }) => [
    `interface ${port}`,
    ...(segment === undefined ? [] : ["   no switchport"]),
    ...addresses.map((address) => `   ${familyOf(address) === "ipv4" ? "ip" : "ipv6"} address ${address}`),
    "!",
  ]);
  return [
    `hostname ${name}`,
    "!",
    "service routing protocols model multi-agent",
    "!",
    "management api http-commands",
    "   protocol unix-socket",
    "   no shutdown",
    "!",
    ...lines,
    "ip routing",
    "!",
    "end",
    "",
  ].join("\n");
}

/** Docker names and orders interfaces as it likes, and EOS looks for its ports once, when init starts. */
const wait = `#!/bin/bash
for pair in "$@"; do
  address=\${pair%%=*} name=\${pair#*=} tries=0
  until now=$(ip -o -4 address show to "$address" | awk '{ print $2 }') && [ -n "$now" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || { echo "no interface has $address" >&2; exit 1; }
    sleep 0.1
  done
  ip link set "\${now%%@*}" down
  ip link set "\${now%%@*}" name "lab-$name"
done
for pair in "$@"; do
  name=\${pair#*=}
  ip address flush dev "lab-$name"
  ip link set "lab-$name" name "$name"
  ip link set "$name" up
done
`;
