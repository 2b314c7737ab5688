/** The cilium-racks stack as it is registered: who owns which object, and what the runtime refuses of Cilium. */
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { CHANGES } from "../../engine/verbs/changes";
import { Cluster, Rack, UserError, cilium, place } from "../../components";
import { type Registered, mock, record } from "./recorder";

describe("the stack", () => {
  const run = (config: Record<string, string> = {}) =>
    record(async () => {
      pulumi.runtime.setAllConfig(config);
      vi.resetModules();
      await import(join(__dirname, "../../stacks/cilium-racks.ts"));
    });
  let all: Registered[];
  beforeAll(async () => {
    all = await run();
  });
  const names = (from: Registered[], type: string) =>
    from.filter((one) => one.type.split(":").at(-1) === type).map(({ name }) => name);

  it("is three routers and four nodes, and no node needs a label", () => {
    expect(names(all, "Container")).toHaveLength(7);
    expect(names(all, "NodePatch")).toEqual([]);
  });

  it("the fabric has a peer configuration a ToR; what a node has one of is LiveNetwork's", () => {
    expect(names(all, "CiliumBGPPeerConfig")).toEqual(["racks-tor-rack0", "racks-tor-rack1"]);
    const configs = all.filter(({ type }) => type.endsWith(":CiliumBGPClusterConfig"));
    expect(configs.map(({ parent }) => parent)).toEqual(["live", "live"]);
    expect(configs.map(({ inputs }) => inputs["spec"])).toMatchObject(
      [65010, 65011].map((asn, index) => ({
        nodeSelector: { matchLabels: { rack: `rack${index}` } },
        bgpInstances: [{ localASN: asn, peers: [{ peerAddress: `10.0.0.${index + 1}`, peerASN: asn }] }],
      })),
    );
  });

  it("the service comes from the two nodes that have a pod of it, one in each rack", () => {
    const gate = all.find(({ name }) => name === "live-gate");
    const routes = (gate?.inputs["routes"] as string[]).filter((line) => line.includes(" 10.0.50."));
    expect(routes).toEqual([
      expect.stringMatching(/^router0 10\.0\.50\.1\/32: ebgp via 198\.18\.0\.2 198\.18\.0\.10, path 6501[01]/),
      expect.stringMatching(/^tor0 10\.0\.50\.1\/32: ibgp via 10\.0\.2\.2(;|$)/),
      expect.stringMatching(/^tor1 10\.0\.50\.1\/32: ibgp via 10\.0\.4\.2(;|$)/),
    ]);
  });

  it("a fourth worker is a container and a session more, and no object more", async () => {
    const more = await run({ "bgpfabric:workers": "4" });
    expect(names(more, "Container")).toHaveLength(8);
    expect(names(more, "CiliumBGPPeerConfig")).toEqual(names(all, "CiliumBGPPeerConfig"));
    const gate = more.find(({ name }) => name === "live-gate");
    expect(gate?.inputs["sessions"]).toHaveLength(7);
    // What verify-stacks looks for in the preview.
    const inputs = more.flatMap((one) => Object.values(one.inputs)).flat();
    for (const line of CHANGES["cilium-racks"]?.shows ?? []) {
      expect(inputs.some((value) => typeof value === "string" && value.includes(line))).toBe(true);
    }
  });
});

describe("bare nodes refuse", () => {
  beforeAll(() => mock());
  let names = 0;
  const refused = (cni: ReturnType<typeof cilium>) => {
    const rack = new Rack(`rack${++names}`, {
      segments: ["10.0.1.0/24"],
      router: { os: "frr", asn: 65010, address: "10.0.1.1" },
    });
    try {
      new Cluster(`c${names}`, { runtime: "bare", cni, pods: "10.1.0.0/16", nodes: place(rack, ["control-plane"]) });
    } catch (error) {
      if (error instanceof UserError)
        return error.faults.map(({ path, expected }) => `${path.replace(/^.*: /, "")}: ${expected}`);
      throw error;
    }
    return [];
  };

  it("a release of Cilium whose programs they do not have", () => {
    expect(refused(cilium({ asn: 65010, version: "1.18" }))).toEqual([
      "cni.version: 1.19: the nodes' image has no other",
    ]);
  });

  it("secrets of sessions in a namespace that nobody makes", () => {
    expect(refused(cilium({ asn: 65010, secretsNamespace: "bgp" }))).toEqual([
      "cni.secretsNamespace: kube-system: the nodes' agent looks nowhere else",
    ]);
  });
});
