/** What Calico's own confd renders, and what BIRD makes of it: cases in which this reading once said something else. */
import { describe, expect, test } from "vitest";
import type { Speaker } from "../../../components/bgp/network";
import { validateNetwork } from "../../../components/bgp/validate";
import { readCalico, type CalicoOptions } from "../../../components/cni/calico";
import { writeBird } from "../../../components/config/bird";
import { forecast } from "../../../components/forecast/forecast";
import { routeLines, sessionLines } from "../../../components/forecast/lines";
import { orThrow } from "../../../components/model/errors";
import { cluster, findingIds, neighbor, node, speaker } from "../cluster";

const mesh = (on: boolean, rest = "") => `
apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata: {name: default}
spec: {nodeToNodeMeshEnabled: ${on}${rest}}
---
`;
const tor = (spec: string) => `
apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: {name: tor}
spec: {peerIP: 10.0.0.1, asNumber: 64501${spec}}
---
`;
const two = [node("n1", "10.0.0.11/24"), node("n2", "10.0.0.12/24")];
const read = (nodes: typeof two, text: string, options: CalicoOptions = {}) =>
  readCalico(cluster(nodes, text), options);
const birdOf = ({ speakers, segments }: ReturnType<typeof read>, name: string) =>
  orThrow(writeBird({ version: 1, speakers, segments }, name));

test("graceful restart stands on every session: a router keeps the routes while BIRD starts anew", () => {
  const text = birdOf(read(two, mesh(true) + tor("")), "n1");
  const template = /template bgp bgp_template \{[^}]*\}/.exec(text)?.[0];
  expect(template).toContain("graceful restart on;");
});

test("ttlSecurity: one setting, which the Network takes and BIRD gets as TTL security over so many hops", () => {
  const reading = read(two, mesh(false) + tor(", ttlSecurity: 2"));
  expect(neighbor(reading, "n1", "10.0.0.1")).toMatchObject({ ttlSecurity: 2 });
  const { speakers, segments } = reading;
  expect(validateNetwork({ version: 1, speakers, segments }).ok).toBe(true);
  expect(birdOf(reading, "n1")).toMatch(/ttl security on;\n\s+multihop 2;/);
});

test("nextHopMode Auto holds beside keepOriginalNextHop", () => {
  const kept = (spec: string) =>
    neighbor(read(two, mesh(false) + tor(spec)), "n1", "10.0.0.1").families?.ipv4?.nextHopUnchanged;
  expect(kept(", keepOriginalNextHop: true")).toBe(true);
  expect(kept(", keepOriginalNextHop: true, nextHopMode: Auto")).toBeUndefined();
});

describe("a mesh of several ASNs", () => {
  const apart = (second: string) => [
    node("n1", "10.0.0.11/24", { annotations: { "projectcalico.org/ASNumber": "64601" } }),
    node("n2", second, { annotations: { "projectcalico.org/ASNumber": "64602" } }),
  ];
  const routed = { n1: { gateways: ["10.0.0.1"] }, n2: { gateways: ["10.0.1.1"] } };
  const router: Speaker = {
    name: "router",
    dialect: { system: "frr", version: "8.4.4" },
    role: "router",
    asn: 64999,
    routerId: "10.0.0.1",
    interfaces: [
      { name: "eth0", segment: "10.0.0.0/24", addresses: ["10.0.0.1/24"] },
      { name: "eth1", segment: "10.0.1.0/24", addresses: ["10.0.1.1/24"] },
    ],
    bgp: {},
    neighbors: [],
  };
  const states = (nodes: typeof two, version: string) => {
    const { speakers, segments } = read(nodes, mesh(true), { version, nodes: routed });
    const links = new Map(segments.map((segment) => [segment.name, segment]));
    for (const name of ["10.0.0.0/24", "10.0.1.0/24"]) links.set(name, { name, prefixes: [name] });
    const network = orThrow(
      validateNetwork({ version: 1, speakers: [...speakers, router], segments: [...links.values()] }),
    );
    return sessionLines(forecast(network)).map((line) => line.replace(/^.*?: (\w+).*$/, "$1"));
  };

  test("over two subnets: BIRD's eBGP is direct before 3.33 and stays down, multihop since and comes up", () => {
    expect(states(apart("10.0.1.12/24"), "3.32")).toEqual(["down"]);
    expect(states(apart("10.0.1.12/24"), "3.33")).toEqual(["up"]);
    expect(states(apart("10.0.0.12/24"), "3.32")).toEqual(["up"]);
  });

  test("BIRD is told so", () => {
    expect(birdOf(read(apart("10.0.0.12/24"), mesh(true), { version: "3.32" }), "n1")).toContain("  direct;");
    expect(birdOf(read(apart("10.0.0.12/24"), mesh(true), { version: "3.33" }), "n1")).toContain("  multihop 64;");
  });

  test("has the export rules of the inside: what leaves by a tunnel of Calico stays", () => {
    const reading = read(apart("10.0.0.12/24"), mesh(true));
    const name = neighbor(reading, "n1", "10.0.0.12").families?.ipv4?.exportPolicy ?? "";
    const patterns = speaker(reading, "n1").policies?.[name]?.terms.map(({ match }) => match?.interface);
    expect(patterns).toContain("*.cali");
  });
});

describe("a Cluster service in a range of one address", () => {
  const service = (slice: string) => `
apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata: {name: default}
spec: {nodeToNodeMeshEnabled: false, serviceLoadBalancerIPs: [{cidr: 172.16.0.9/32}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: default}
spec: {type: LoadBalancer, clusterIP: 10.96.0.9, externalTrafficPolicy: Cluster}
status: {loadBalancer: {ingress: [{ip: 172.16.0.9}]}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: ${slice}-x, namespace: default, labels: {kubernetes.io/service-name: ${slice}}}
addressType: IPv4
endpoints: []
---
`;
  const announced = (text: string) =>
    (speaker(read(two, text), "n1").routes ?? []).map(({ prefix }) => prefix).includes("172.16.0.9/32");

  test("goes out from every node as soon as it has an EndpointSlice, and not before", () => {
    expect(announced(service("web"))).toBe(true);
    expect(announced(service("other"))).toBe(false);
  });
});

test("interfaces that Calico leaves out are no routes of BIRD, and nothing announces their networks", () => {
  const storage = { name: "eth1", addresses: ["10.9.0.11/24"] };
  const at = { nodes: { n1: { interfaces: [storage] } } };
  const pool = `
apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: wide}
spec: {cidr: 10.9.0.0/16}
---
`;
  const originate = (text: string) => speaker(read(two, text, at), "n1").originate;
  expect(originate(mesh(false) + pool)).toContainEqual({
    kind: "redistribute",
    from: "connected",
    except: ["cali*", "kube-ipvs*"],
  });
  const routesAtTor = (text: string) => {
    const { speakers, segments } = read(two, text, at);
    const router: Speaker = {
      name: "tor",
      dialect: { system: "frr", version: "8.4.4", profile: "traditional" },
      role: "router",
      asn: 64501,
      routerId: "10.0.0.1",
      interfaces: [{ name: "eth0", segment: "10.0.0.0/24", addresses: ["10.0.0.1/24"] }],
      bgp: { ebgpRequiresPolicy: false },
      neighbors: ["10.0.0.11", "10.0.0.12"].map((address) => ({ address, remoteAs: 64512 })),
    };
    const network = orThrow(validateNetwork({ version: 1, speakers: [...speakers, router], segments }));
    return routeLines(forecast(network), { speakers: ["tor"] }).join("\n");
  };
  const manifests = (ignored: string) => mesh(false, ignored) + pool + tor("");
  expect(routesAtTor(manifests(""))).toContain("10.9.0.0/24");
  expect(routesAtTor(manifests(", ignoredInterfaces: [eth1]"))).not.toContain("10.9.0.0/24");
  expect(birdOf(read(two, manifests(", ignoredInterfaces: [eth1]")), "n1")).toContain(
    'interface -"eth1", -"cali*", -"kube-ipvs*", "*";',
  );
});

test("peers that are workloads are sessions: nothing is said of a cluster without any", () => {
  const workloads = `
apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: {name: pods}
spec: {localWorkloadSelector: app == "router", asNumber: 64700}
---
`;
  expect(findingIds(read(two, mesh(false))).join(" ")).toContain("calico/no-sessions");
  expect(findingIds(read(two, mesh(false) + workloads)).join(" ")).not.toContain("calico/no-sessions");
});

describe("bindMode", () => {
  const twoPorts = [node("n1", "10.0.0.11/24")];
  const stands = { nodes: { n1: { interfaces: [{ name: "eth1", segment: "storage", addresses: ["10.9.0.11/24"] }] } } };
  const session = (bindMode: string, dialed: string): string => {
    const text = mesh(false, `, bindMode: ${bindMode}`) + tor(", sourceAddress: None").replace("10.0.0.1", "10.9.0.1");
    const { speakers, segments } = read(twoPorts, text, stands);
    const router: Speaker = {
      name: "tor",
      dialect: { system: "frr", version: "8.4.4", profile: "traditional" },
      asn: 64501,
      routerId: "10.9.0.1",
      interfaces: [{ name: "eth0", segment: "storage", addresses: ["10.9.0.1/24"] }],
      bgp: { ebgpRequiresPolicy: false },
      neighbors: [{ address: dialed, remoteAs: 64512 }],
    };
    const waiting = speakers.map((each) => ({
      ...each,
      neighbors: each.neighbors.map((one) => ({ ...one, passive: true })),
    }));
    const network = orThrow(
      validateNetwork({
        version: 1,
        speakers: [...waiting, router],
        segments: [...segments, { name: "storage", prefixes: [] }],
      }),
    );
    return sessionLines(forecast(network)).join("\n");
  };

  test("None: a router reaches BIRD at any address of the node", () => {
    expect(session("None", "10.9.0.11")).toContain(": up");
  });

  test("NodeIP: at another address than the node's own there is nobody who listens", () => {
    expect(session("NodeIP", "10.9.0.11")).toContain(": down");
  });

  test("NodeIP stands in BIRD's configuration", () => {
    expect(birdOf(read(two, mesh(false, ", bindMode: NodeIP, listenPort: 1790") + tor("")), "n1")).toContain(
      "listen bgp address 10.0.0.11 port 1790;",
    );
  });
});
