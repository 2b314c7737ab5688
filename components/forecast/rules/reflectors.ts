/** Rules about how iBGP spreads routes: reflectors in number and place, and meshes that grew too large. */
import type { Speaker } from "../../bgp/network";
import { settingsOf } from "../sessionChanges";
import { isNode, number, some, type Rule, type Scene } from "./rule";

/** Reflectors and their clients, over sessions that are up. */
function reflection(scene: Scene): { clientsOf: Map<string, Set<string>>; reflectorsOf: Map<string, Set<string>> } {
  const clientsOf = new Map<string, Set<string>>();
  const reflectorsOf = new Map<string, Set<string>>();
  const add = (map: Map<string, Set<string>>, key: string, value: string) => {
    const set = map.get(key);
    if (set === undefined) map.set(key, new Set([value]));
    else set.add(value);
  };
  for (const { ends, up, kind } of scene.forecast.solution.sessions) {
    const [one, other] = ends;
    if (!up || kind !== "ibgp" || other === undefined) continue;
    for (const [reflector, client] of [
      [one, other],
      [other, one],
    ] as const) {
      const families = Object.values(settingsOf(scene.speakers, reflector).families ?? {});
      if (!families.some((family) => family.reflectorClient === true)) continue;
      add(clientsOf, reflector.speaker, client.speaker);
      add(reflectorsOf, client.speaker, reflector.speaker);
    }
  }
  return { clientsOf, reflectorsOf };
}

const single: Rule = {
  id: "reflector/single",
  severity: "block",
  holds: "Each reflector client has two reflectors or more.",
  *check(scene) {
    const { reflectorsOf } = reflection(scene);
    const lonely = new Map<string, string[]>();
    for (const [client, reflectors] of reflectorsOf) {
      const [only] = reflectors;
      if (reflectors.size !== 1 || only === undefined || meshed(scene, client, only)) continue;
      const clients = lonely.get(only);
      if (clients === undefined) lonely.set(only, [client]);
      else clients.push(client);
    }
    for (const [reflector, clients] of lonely) {
      yield {
        place: reflector,
        sentence: `${some(clients.sort())} hear${clients.length === 1 ? "s" : ""} the cluster through ${reflector} alone: when it fails, the routes are gone.`,
        fix: "give the clients a second reflector in another failure domain",
      };
    }
  },
};

/** A client that is itself a reflector, or that has other iBGP sessions, does not hang on one reflector. */
function meshed(scene: Scene, client: string, only: string): boolean {
  return scene
    .sessions(client)
    .some(({ session, far }) => session.up && session.kind === "ibgp" && far !== undefined && far.speaker !== only);
}

const domain: Rule = {
  id: "reflector/failure-domain",
  severity: "block",
  holds: "A client's reflectors stand in more than one failure domain.",
  *check(scene) {
    const { reflectorsOf } = reflection(scene);
    const seen = new Map<string, { reflectors: string[]; clients: string[] }>();
    for (const [client, reflectors] of reflectorsOf) {
      if (reflectors.size < 2) continue;
      const racks = new Set([...reflectors].map((name) => scene.speakers.get(name)?.place?.rack));
      const [rack] = racks;
      if (racks.size > 1 || rack === undefined) continue;
      const known = seen.get(rack);
      if (known === undefined) seen.set(rack, { reflectors: [...reflectors].sort(), clients: [client] });
      else known.clients.push(client);
    }
    for (const [rack, { reflectors, clients }] of seen) {
      yield {
        place: rack,
        sentence: `All reflectors of ${some(clients.sort())} (${some(reflectors)}) stand in ${rack}: one power feed or one switch takes them all.`,
        fix: "spread the reflectors over racks",
      };
    }
  },
};

const CONTROL_PLANE = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

const onWorker: Rule = {
  id: "reflector/on-worker",
  severity: "warn",
  holds: "Reflectors run on control-plane nodes, which are neither drained nor rescheduled with the workload.",
  *check(scene) {
    const { clientsOf } = reflection(scene);
    for (const [name, clients] of clientsOf) {
      const speaker = scene.speakers.get(name);
      const labels = speaker?.place?.labels;
      if (!isNode(speaker) || labels === undefined || CONTROL_PLANE.some((key) => Object.hasOwn(labels, key))) continue;
      yield {
        place: name,
        sentence: `${name} reflects for ${number(clients.size, "client")} and is a worker: draining or replacing it flaps their sessions.`,
        fix: "move the reflector's label and cluster id to a control-plane node",
      };
    }
  },
};

const clusterId: Rule = {
  id: "reflector/cluster-id",
  severity: "warn",
  holds: "Reflectors that share a cluster id share all their clients.",
  *check(scene) {
    const { clientsOf } = reflection(scene);
    const byId = new Map<string, string[]>();
    for (const name of [...clientsOf.keys()].sort()) {
      const id = scene.speakers.get(name)?.bgp.clusterId;
      if (id === undefined) continue;
      const names = byId.get(id);
      if (names === undefined) byId.set(id, [name]);
      else names.push(name);
    }
    for (const [id, names] of byId) {
      const clients = new Set(names.flatMap((name) => [...(clientsOf.get(name) ?? [])]));
      const short = names.filter((name) =>
        [...clients].some((client) => client !== name && clientsOf.get(name)?.has(client) !== true),
      );
      if (names.length < 2 || short.length === 0) continue;
      yield {
        place: short[0] ?? "",
        sentence: `${some(names)} share the cluster id ${id}, and ${some(short)} ${short.length === 1 ? "does" : "do"} not have all of its clients: they drop what the other reflects, so those clients stay hidden.`,
        fix: "let every client peer with all reflectors of the id, or give each reflector an id of its own",
      };
    }
  },
};

const mesh: Rule = {
  id: "mesh/too-large",
  severity: "warn",
  holds: "A full mesh stays small; beyond it, reflectors take over.",
  *check(scene) {
    const { clientsOf } = reflection(scene);
    const meshes = new Map<string, { nodes: Speaker[]; sessions: Set<string>; most: number }>();
    for (const speaker of scene.network.speakers) {
      if (!isNode(speaker) || clientsOf.has(speaker.name)) continue;
      const sides = scene.sessions(speaker.name).filter(({ session, far }) => {
        return (
          session.kind === "ibgp" &&
          far !== undefined &&
          isNode(scene.speakers.get(far.speaker)) &&
          !clientsOf.has(far.speaker)
        );
      });
      if (sides.length === 0) continue;
      const name = speaker.place?.cluster ?? `AS ${speaker.asn}`;
      const one = meshes.get(name) ?? { nodes: [], sessions: new Set<string>(), most: 0 };
      one.nodes.push(speaker);
      for (const { session } of sides) one.sessions.add(session.key);
      one.most = Math.max(one.most, sides.length);
      meshes.set(name, one);
    }
    for (const [name, { nodes, sessions, most }] of meshes) {
      if (most + 1 <= scene.thresholds.meshNodes) continue;
      yield {
        place: name,
        sentence: `${nodes.length} nodes of ${name} are meshed with ${sessions.size} sessions; with three reflectors it would be ${(nodes.length - 3) * 3 + 3}.`,
        fix: "label two or three control-plane nodes as reflectors, wait for their sessions, then turn the mesh off",
      };
    }
  },
};

export const REFLECTOR_RULES: readonly Rule[] = [single, domain, onWorker, clusterId, mesh];
