/**
 * Proves what is asked of Pulumi where a CNI on kind runs by its own images: the choice, the nodes, their routes, what is
 * refused. That a cluster comes up so has never been seen: it needs registries.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { NODE_ROUTES, ROUTES } from "../../components/resources/runtimes/kindRoutes";
import {
  type Change,
  cluster,
  KIND_NODE,
  names,
  one,
  rack,
  registered,
  release,
  run,
  stubs,
  waitsFor,
} from "./kindProgram";

beforeEach(stubs);
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe("what carries the pods of a cluster on kind", () => {
  const carrier = () => (names().includes("k01-agent") ? "agent" : names().includes("k01-cni") ? "images" : "neither");

  it.each([
    ["bgpfabric/node:4b1c", "agent"],
    ["docker.io/bgpfabric/node@sha256:00", "agent"],
    [KIND_NODE, "images"],
    ["registry.example.com/node:1", "images"],
  ])("on the node image %s it is %s, unless the program says otherwise", async (image, expected) => {
    vi.stubEnv("BGPFABRIC_NODE_IMAGE", image);
    await run();
    expect(carrier()).toBe(expected);
    const other = expected === "agent" ? "images" : "agent";
    await run(() => ({ kind: { cni: other } }));
    expect(carrier()).toBe(other);
  });

  it("is the CNI's own images on an image that is known only later: the program named one", async () => {
    await run(() => ({ image: pulumi.output("kindest/node:v1.36.2") }));
    expect(carrier()).toBe("images");
  });

  it("is told in one line, with release and chart", async () => {
    const said: string[] = [];
    const listen = () =>
      vi.spyOn(pulumi.log, "info").mockImplementation((text) => (said.push(text), Promise.resolve()));
    listen();
    await run();
    await run(({ kubeRouter }) => ({ cni: kubeRouter({ asn: 64512 }) }));
    vi.stubEnv("BGPFABRIC_NODE_IMAGE", "bgpfabric/node:1");
    await run();
    expect(said.filter((line) => line.startsWith("k01:"))).toEqual([
      "k01: Calico 3.32 of its own images (chart tigera-operator v3.32.3)",
      "k01: kube-router 2.11 of its own images (release v2.11.1)",
      "k01: kind's nodes run bgpfabric's agent as DaemonSet in place of Calico's images",
    ]);
  });

  it("changes the cluster, and not the CNI under running pods", async () => {
    await run();
    const { triggers } = one("k01-kind").inputs as { triggers: string[] };
    expect(triggers.slice(1)).toEqual(["calico of its own images"]);
  });

  it("leaves kube-proxy to iptables under images, as the CNIs' makers try them", async () => {
    await run();
    const { networking } = parse(one("k01-kind").inputs["stdin"] as string) as { networking: Record<string, unknown> };
    expect(networking).toMatchObject({ disableDefaultCNI: true, kubeProxyMode: "iptables" });
  });
});

describe("nodes whose CNI runs by its own images", () => {
  it("have the plan's pod blocks before anything gives pods addresses, and keep them", async () => {
    await run();
    expect(one("k01-worker-block").inputs).toMatchObject({
      metadata: { name: "k01-worker", labels: { rack: "rack1" } },
      spec: { podCIDR: "192.168.0.64/26", podCIDRs: ["192.168.0.64/26"] },
    });
    expect(waitsFor("k01-cni")).toEqual(expect.arrayContaining(["k01-control-plane-block", "k01-worker-block"]));
  });

  it("join their racks, then get routes, then the CNI; Ready is waited for last", async () => {
    await run();
    expect(waitsFor("k01-routes")).toContain("k01-racks");
    expect(waitsFor("k01-nodes")).toContain("k01-routes");
    expect(one("k01-cni").provider).toBe("k01-nodes");
    expect(waitsFor("k01-ready")).toEqual(expect.arrayContaining(["k01-cni", "k01-cni-installation"]));
    // BGP objects come with the cluster's own provider, whose credentials are known when it is ready.
    expect(waitsFor("k01-kubernetes")).toContain("k01-ready");
  });

  it("lose kubeadm's label that keeps services off the control plane, before the plan's own labels come", async () => {
    await run();
    const { create } = one("k01-labels").inputs as { create: string };
    execFileSync("sh", ["-n"], { input: create });
    expect(create).toMatch(/label nodes --all node\.kubernetes\.io\/exclude-from-external-load-balancers- /);
    expect(waitsFor("k01-labels")).toContain("k01-kind");
    expect(waitsFor("k01-control-plane-block")).toContain("k01-labels");
  });

  it("get no agent: neither its file nor its account", async () => {
    await run();
    expect(one("k01-racks").inputs["environment"]).toMatchObject({ AGENT: "" });
    expect(names().filter((name) => name.includes("agent"))).toEqual([]);
  });

  it("ask nothing for a check: it is refused with the check's name, and not awaited by the gate", async () => {
    const checked = run(undefined, (all) => {
      const shell = new all.Shell("shell", { cluster, node: "worker" });
      const check = new all.ReachabilityCheck("way", { from: shell, to: "10.10.10.1" });
      return new all.LiveNetwork("live", { parts: [rack, cluster, shell, check] });
    });
    await expect(checked).rejects.toThrow(/way\.from: found "k01-worker", expected a router, or a node that there is/);
  });

  it("are not asked by the gate, whose other side, the routers, is", async () => {
    await run();
    expect(cluster.nodes.map(({ reach }) => reach)).toEqual([undefined, undefined]);
    expect(cluster.settingsIn).toBeUndefined();
  });
});

describe("routes of such a node", () => {
  const folder = mkdtempSync(join(tmpdir(), "bgpfabric-routes-"));
  const log = join(folder, "log");
  afterEach(() => rmSync(log, { force: true }));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What the node's program asks of `ip`, on a node that has 10.10.10.11 on eth1. */
  function asked(env: Record<string, string>): string[] {
    const say = `#!/bin/sh\ncase "$*" in "-o -4 address"*) echo "7: eth1    inet 10.10.10.11/24" ;; *) echo "$*" >>${log} ;; esac\n`;
    writeFileSync(join(folder, "ip"), say);
    chmodSync(join(folder, "ip"), 0o755);
    const lines = Object.entries(env).map(([name, value]) => `${name}='${value}'`);
    writeFileSync(join(folder, "routes.env"), `${lines.join("\n")}\n`);
    const path = `${folder}:${process.env["PATH"] ?? ""}`;
    execFileSync("sh", [], { input: NODE_ROUTES, env: { PATH: path, ROUTES_ENV: join(folder, "routes.env") } });
    return readFileSync(log, "utf8").trim().split("\n");
  }
  const env = {
    ...{ ADDRESS: "10.10.10.11", VIA: "10.10.10.1", VIA6: "", GATEWAY: "172.18.0.1", GATEWAY6: "" },
    ...{ RANGES: "10.0.0.0/8 192.168.0.0/16", OUTSIDE: "", SERVICES: "10.96.0.0/16" },
  };

  it("lead services to the rack's link, private prefixes to its router, and the rest, images among it, to Docker", () => {
    expect(asked(env)).toEqual([
      "-4 route replace 10.96.0.0/16 dev eth1 proto kernel",
      "-4 route replace 10.0.0.0/8 via 10.10.10.1 proto kernel",
      "-4 route replace 192.168.0.0/16 via 10.10.10.1 proto kernel",
      "-4 route replace default via 172.18.0.1 proto kernel",
    ]);
  });

  it("lead private prefixes nowhere where the rack has no default route: a packet of the lab never leaves by Docker", () => {
    expect(asked({ ...env, VIA: "" })).toContain("-4 route replace unreachable 10.0.0.0/8 proto kernel");
  });

  it("lead what the program names through Docker all the same, after the wider prefix", () => {
    const all = asked({ ...env, OUTSIDE: "10.1.2.0/24" });
    expect(all.indexOf("-4 route replace 10.1.2.0/24 via 172.18.0.1 proto kernel")).toBe(3);
  });

  it("have both families where the nodes have", () => {
    const both = { ...env, VIA6: "fd00:10::1", GATEWAY6: "fc00:f853::1", RANGES: "10.0.0.0/8 fc00::/7" };
    expect(asked({ ...both, SERVICES: "10.96.0.0/16 fd00:10:96::/112" })).toEqual([
      "-4 route replace 10.96.0.0/16 dev eth1 proto kernel",
      "-6 route replace fd00:10:96::/112 dev eth1 proto kernel",
      "-4 route replace 10.0.0.0/8 via 10.10.10.1 proto kernel",
      "-6 route replace fc00::/7 via fd00:10::1 proto kernel",
      "-4 route replace default via 172.18.0.1 proto kernel",
      "-6 route replace default via fc00:f853::1 proto kernel",
    ]);
  });

  it("are set by a unit in each node, which runs again after a restart", async () => {
    await run();
    const { create, environment } = one("k01-routes").inputs as {
      create: string;
      environment: Record<string, string>;
    };
    expect(create).toBe(ROUTES);
    execFileSync("sh", ["-n"], { input: ROUTES });
    expect(environment["NODES"]?.split("\n").map((line) => line.split(" ").slice(1))).toEqual([
      ["10.10.10.10", "-", "-"],
      ["10.10.10.11", "-", "-"],
    ]);
    expect(environment["RANGES"]?.split(" ")).toEqual(expect.arrayContaining(["10.0.0.0/8", "192.168.0.0/16"]));
    expect(environment["RANGES"]).not.toContain(":");
    expect(environment["UNIT"]).toContain("WantedBy=multi-user.target");
  });
});

describe("MetalLB beside a CNI, both by their own images", () => {
  const beside: Change = (all) => ({ balancer: all.metallb({ asn: 65020, version: "0.15", mode: "native" }) });

  it("comes by its chart after the CNI, in its own namespace, with the daemon that the program names", async () => {
    await run(beside);
    expect(one("k01-balancer").inputs).toMatchObject({
      chart: "metallb",
      version: "0.15.2",
      namespace: "metallb-system",
      repositoryOpts: { repo: "https://metallb.github.io/metallb" },
      values: { speaker: { frr: { enabled: false } }, frrk8s: { enabled: false } },
    });
    expect(waitsFor("k01-balancer")).toEqual(expect.arrayContaining(["k01-cni-installation", "k01-cni-apiserver"]));
    expect(waitsFor("k01-ready")).toContain("k01-balancer");
  });

  it("keeps its own chart where the program names a mirror for the CNI's", async () => {
    await run((all) => ({ ...beside(all), kind: { chart: { version: "v3.32.2" } } }));
    expect([release().version, one("k01-balancer").inputs["version"]]).toEqual(["v3.32.2", "0.15.2"]);
  });

  it("has objects that wait for it: LiveNetwork's come when the cluster is ready", async () => {
    await run(beside, (all) => {
      const fabric = new all.SelectiveBgpFabric("edge", { cluster, racks: [rack], speakers: { nodes: ["worker"] } });
      const pool = new all.LoadBalancerPool("services", { cluster, cidr: "172.16.0.240/28" });
      return new all.LiveNetwork("live", { parts: [rack, cluster, fabric, pool] });
    });
    const objects = registered.filter(({ type }) => type.startsWith("kubernetes:metallb.io/"));
    expect(objects.map(({ type }) => type.split(":").at(-1)).sort()).toContain("BGPPeer");
    expect(new Set(objects.map(({ provider }) => provider))).toEqual(new Set(["k01-kubernetes"]));
  });

  it("is refused with the plugins of this project also where the CNI has no chart", async () => {
    vi.stubEnv("BGPFABRIC_STAND_INS", "true");
    await expect(run((all) => ({ ...beside(all), cni: all.kubeRouter({ asn: 64512 }) }))).rejects.toThrow(
      /balancer: found "metallb", expected none: MetalLB's images come by a Helm chart/,
    );
  });
});

describe("what cannot be done with a CNI's own images", () => {
  it("is told all at once, before anything is made, with the argument's name", async () => {
    vi.stubEnv("BGPFABRIC_STAND_INS", "true");
    const failed = run((all) => ({
      cni: all.calico({ asn: 65010, exportPodBlocks: true }),
      kind: { cniImage: "registry.example.com/calico", throughDocker: ["10.1.2.3/8"] },
    }));
    await expect(failed).rejects.toThrow(
      /kind\.cniImage: found "registry\.example\.com\/calico", expected nothing: Calico's chart/,
    );
    await expect(failed).rejects.toThrow(/kind\.cni: found "images", expected "agent": Calico's images come by a Helm/);
    await expect(failed).rejects.toThrow(/kind\.throughDocker\[0\]: found "10\.1\.2\.3\/8"/);
    await expect(failed).rejects.toThrow(/cni\.exportPodBlocks: found "true, with encapsulation VXLANCrossSubnet"/);
  });

  it("kube-router has no chart, and needs no plugin that installs one", async () => {
    vi.stubEnv("BGPFABRIC_STAND_INS", "true");
    await expect(
      run((all) => ({ cni: all.kubeRouter({ asn: 64512 }), kind: { chart: { version: "1" } } })),
    ).rejects.toThrow(/kind\.chart: found .*expected nothing: kube-router has no chart/);
    await run((all) => ({ cni: all.kubeRouter({ asn: 64512 }) }));
    expect(names()).toContain("k01-cni");
  });

  it("arguments for images are refused where our agent runs", async () => {
    vi.stubEnv("BGPFABRIC_NODE_IMAGE", "bgpfabric/node:1");
    await expect(run(() => ({ kind: { chart: { version: "1" }, throughDocker: [] } }))).rejects.toThrow(
      /kind\.chart: found "a value", expected nothing: our agent[^]*kind\.throughDocker/,
    );
  });
});
