/**
 * What BIRD 1.6 says of itself, as the status of a CalicoNodeStatus has it (v3.32): a daemon for each family. Pure. Which
 * classes of it are wanted is the object's; the reporter asks and writes.
 */
export type StatusClass = "Agent" | "BGP" | "Routes";

export interface BirdSays {
  /** "show status". */
  status: string;
  /** "show protocols". */
  protocols: string;
  /** "show route". */
  routes: string;
}

export interface NodeStatus {
  lastUpdated: string;
  agent?: object;
  bgp?: object;
  routes?: object;
}

/** By family; a node without addresses of one does not run its daemon. */
export interface NodeSays {
  v4?: BirdSays;
  v6?: BirdSays;
}

export function nodeStatus(classes: readonly StatusClass[], { v4, v6 }: NodeSays, now: string): NodeStatus {
  return {
    lastUpdated: now,
    ...(classes.includes("Agent") ? { agent: { birdV4: daemon(v4), birdV6: daemon(v6) } } : {}),
    ...(classes.includes("BGP") ? { bgp: { ...sessions("V4", v4), ...sessions("V6", v6) } } : {}),
    ...(classes.includes("Routes")
      ? {
          routes: {
            ...(v4 === undefined ? {} : { routesV4: routes(v4.routes) }),
            ...(v6 === undefined ? {} : { routesV6: routes(v6.routes) }),
          },
        }
      : {}),
  };
}

function daemon(said: BirdSays | undefined): object {
  if (said === undefined) return {};
  const { status: text } = said;
  const field = (words: RegExp) => words.exec(text)?.[1];
  const version = field(/^BIRD (\d\S*)/m);
  return {
    state: /Daemon is up and running/.test(text) ? "Ready" : "NotReady",
    ...(version === undefined ? {} : { version: `birdv${version}` }),
    routerID: field(/Router ID is (\S+)/) ?? "",
    lastBootTime: field(/Last reboot on (.+)/) ?? "",
    lastReconfigurationTime: field(/Last reconfiguration on (.+)/) ?? "",
  };
}

/** A protocol is named by where its peer stands: "Mesh_10_0_0_2", "Node_fd00__2", "Global_...", with "_port_N" behind. */
const PROTOCOL = /^(Mesh|Node|Global)_([\da-f_]+?)(?:_port_\d+)?$/;
const PEERS: Record<string, string> = { Mesh: "NodeMesh", Node: "NodePeer", Global: "GlobalPeer" };

function sessions(family: "V4" | "V6", said: BirdSays | undefined): object {
  const peers = (said?.protocols ?? "").split("\n").flatMap((line) => {
    const [name = "", kind, , , since, state] = line.trim().split(/\s+/);
    const match = PROTOCOL.exec(name);
    if (kind !== "BGP" || match === null) return [];
    return [{ peerIP: addressIn(match[2]), type: PEERS[match[1] ?? ""], state: state ?? "", since: since ?? "" }];
  });
  const established = peers.filter(({ state }) => state === "Established").length;
  return {
    [`numberEstablished${family}`]: established,
    [`numberNotEstablished${family}`]: peers.length - established,
    ...(said === undefined ? {} : { [`peers${family}`]: peers }),
  };
}

/** The one with the asterisk carries traffic; further paths of a prefix have no prefix of their own on the line. */
const ROUTE =
  /^(\S+\/\d+)?\s+(?:via (\S+) on (\S+)|dev (\S+)|(blackhole|unreachable|prohibit|multipath))\s*\[(\S+) [^\]]*\](.*)$/;

function routes(text: string): object[] {
  let prefix = "";
  return text.split("\n").flatMap((line) => {
    const match = ROUTE.exec(line.trimEnd());
    if (match === null) return [];
    const [, own, gateway, link, device, special, protocol = "", rest = ""] = match;
    prefix = own ?? prefix;
    return [
      {
        type: /^ \*/.test(rest) ? "FIB" : "RIB",
        destination: prefix,
        gateway: gateway ?? "N/A",
        interface: link ?? device ?? special ?? "",
        learnedFrom: source(protocol),
      },
    ];
  });
}

function source(protocol: string): object {
  const peer = PROTOCOL.exec(protocol);
  if (peer !== null) return { sourceType: peer[1] === "Mesh" ? "NodeMesh" : "BGPPeer", peerIP: addressIn(peer[2]) };
  if (protocol.startsWith("direct")) return { sourceType: "Direct" };
  return { sourceType: protocol.startsWith("kernel") ? "Kernel" : "Static" };
}

function addressIn(name = ""): string {
  return name.replaceAll("_", /^\d+_\d+_\d+_\d+$/.test(name) ? "." : ":");
}
