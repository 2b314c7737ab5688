/**
 * Lab 000 alive: real FRR, real BIRD, a real API server and real kube-proxy. It proves the facts of the lab on this
 * machine; Calico's own agents do not run here, BIRD's configuration is our reading of their rules.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ApiError } from "../../components/agent/api";
import { readKubeconfig } from "../../components/live/kubeconfig";
import { orThrow } from "../../components/model/errors";
import { kubectl, onTerminal } from "./kubectl";
import { NODES, TOR, answerThrough, api, inside, kernelNextHops, sessions, until, vty } from "./lab";

const POOL = "172.16.0.240/28";
const SERVICE = "172.16.0.241";
const SPEAKERS = ["10.10.10.11", "10.10.10.12"];
const cluster = api();

interface Pods {
  items: {
    spec: { nodeName?: string; nodeSelector?: Record<string, string> };
    metadata: { deletionTimestamp?: string };
    status: { phase: string; conditions?: { type: string; status: string }[] };
  }[];
}

describe("the ToR", () => {
  it("has exactly two sessions, worker's and worker2's, with one prefix from each", async () => {
    const seen = await sessions();
    expect(Object.keys(seen).sort()).toEqual(SPEAKERS);
    expect(Object.values(seen).map(({ remoteAs, pfxRcd }) => [remoteAs, pfxRcd])).toEqual([
      [65010, 1],
      [65010, 1],
    ]);
  });

  it("knows the pool and no pod block", async () => {
    const { routes } = await vty<{ routes: Record<string, unknown> }>("show bgp ipv4 unicast json");
    expect(Object.keys(routes)).toEqual([POOL]);
  });

  it("has both next hops in the kernel with maximumPaths 4, at FRR's distance for eBGP", async () => {
    expect((await kernelNextHops(POOL)).sort()).toEqual(SPEAKERS);
    const routes = await vty<Record<string, { distance: number }[]>>("show ip route json");
    expect(routes[POOL]?.[0]?.distance).toBe(20);
  });

  it("gets HTTP 200 from the service through each next hop", async () => {
    for (const hop of SPEAKERS) expect(await answerThrough(hop, SERVICE)).toMatch(/200$/);
  });

  it("loses every prefix and no session when the pool is not advertised, and has them back after", async () => {
    const path = "/apis/projectcalico.org/v3/bgpconfigurations/default";
    const before = await sessions();
    await cluster.patch(path, { spec: { serviceLoadBalancerIPs: null } });
    try {
      await until("the prefix is withdrawn", 10, async () =>
        Object.values(await sessions()).every(({ pfxRcd }) => pfxRcd === 0),
      );
      const during = await sessions();
      expect(Object.keys(during).sort()).toEqual(SPEAKERS);
      for (const peer of SPEAKERS) {
        expect(during[peer]?.peerUptimeMsec).toBeGreaterThanOrEqual(before[peer]?.peerUptimeMsec ?? Infinity);
      }
      expect(await kernelNextHops(POOL)).toEqual([]);
    } finally {
      await cluster.patch(path, { spec: { serviceLoadBalancerIPs: [{ cidr: POOL }] } });
    }
    await until("both next hops are back", 10, async () => (await kernelNextHops(POOL)).length === 2);
  });
});

describe("a label on worker3, by a plain API call", () => {
  const path = "/api/v1/nodes/k01-worker3";
  const label = (value: string | null) => cluster.patch(path, { metadata: { labels: { "bgp-peer": value } } });

  it("adds exactly one session within 10 s, takes it away again, and the other two never notice", async () => {
    const before = await sessions();
    await label("true");
    try {
      await until("the third session", 10, async () => Object.keys(await sessions()).length === 3);
      expect(Object.keys(await sessions()).sort()).toEqual([...SPEAKERS, "10.10.10.13"]);
    } finally {
      await label(null);
    }
    await until("two sessions again", 10, async () => Object.keys(await sessions()).length === 2);
    const after = await sessions();
    for (const peer of SPEAKERS) {
      expect(after[peer]?.peerUptimeMsec).toBeGreaterThan(before[peer]?.peerUptimeMsec ?? Infinity);
    }
  });

  it("changes worker3's configuration within 2 s and no other node's", async () => {
    const secrets = async () => {
      const list = await cluster.get<{ items: { metadata: { name: string; resourceVersion: string } }[] }>(
        "/api/v1/namespaces/bgpfabric-system/secrets",
      );
      const own = list.items.filter(({ metadata }) => metadata.name.endsWith(".calico"));
      return Object.fromEntries(
        own.map(({ metadata }) => [metadata.name.slice(0, -".calico".length), metadata.resourceVersion]),
      );
    };
    const before = await secrets();
    expect(Object.keys(before).sort()).toEqual([...NODES].sort());
    await label("true");
    try {
      const took = await until("BIRD on worker3 is configured", 10, async () =>
        (await inside("k01-worker3", "cat", "/etc/bird/bird.conf")).includes("neighbor 10.10.10.1 as 65001"),
      );
      expect(took).toBeLessThan(2_000);
      const after = await secrets();
      expect(NODES.filter((node) => before[node] !== after[node])).toEqual(["k01-worker3"]);
    } finally {
      await label(null);
    }
    await until("two sessions again", 10, async () => Object.keys(await sessions()).length === 2);
  });
});

describe("the only backend on worker4, which has no session", () => {
  it("answers through worker and through worker2", async () => {
    const path = "/apis/apps/v1/namespaces/default/deployments/nginx-deployment";
    const place = (node: string | null, replicas: number) =>
      cluster.patch(path, {
        spec: { replicas, template: { spec: { nodeSelector: { "kubernetes.io/hostname": node } } } },
      });
    const pods = async () =>
      (await cluster.get<Pods>("/api/v1/namespaces/default/pods?labelSelector=app%3Dnginx")).items;
    const running = async () =>
      (await pods()).filter(({ status }) => status.phase === "Running").map(({ spec }) => spec.nodeName);
    await place("k01-worker4", 1);
    try {
      await until("one pod, on worker4", 60, async () => (await running()).join() === "k01-worker4");
      await until("kube-proxy knows it alone", 10, async () => {
        const said = await Promise.all([0, 1, 2, 3].map(() => answer()));
        return said.every((one) => one.includes("on k01-worker4"));
      });
      for (const hop of SPEAKERS) expect(await answerThrough(hop, SERVICE)).toMatch(/on k01-worker4 .*200$/s);
    } finally {
      await place(null, 2);
    }
    // None of those that the rollouts replace, whichever stage they are in.
    await until("two pods again", 60, async () => {
      const all = await pods();
      return (
        all.length === 2 &&
        all.every(({ spec, status }) => status.phase === "Running" && spec.nodeSelector === undefined)
      );
    });
  });

  const answer = () =>
    inside(TOR, "curl", "-s", "-m", "5", "-w", "%{http_code}", `http://${SERVICE}/`).catch(() => "no answer");
});

describe("the API server", () => {
  const peer = (spec: object) => ({
    apiVersion: "projectcalico.org/v3",
    kind: "BGPPeer",
    metadata: { name: "wrong" },
    spec,
  });
  const create = async (spec: object): Promise<number> => {
    const path = "/apis/projectcalico.org/v3/bgppeers?fieldValidation=Strict&dryRun=All";
    try {
      await cluster.create(path, peer(spec));
      return 201;
    } catch (error) {
      if (error instanceof ApiError) return error.status;
      throw error;
    }
  };

  it("takes a right BGPPeer, and refuses a field that Calico has not and a value that it would not take", async () => {
    expect(await create({ peerIP: "10.10.10.1", asNumber: 65001 })).toBe(201);
    expect(await create({ peerIp: "10.10.10.1", asNumber: 65001 })).toBe(400);
    expect(await create({ peerIP: "10.10.10.1", asNumber: "65001" })).toBe(422);
  });

  it("has every Node Ready, without taint, with its block and its lease", async () => {
    interface Node {
      metadata: { name: string };
      spec: { podCIDR?: string; taints?: unknown[] };
      status: { conditions: { type: string; status: string }[] };
    }
    const { items } = await cluster.get<{ items: Node[] }>("/api/v1/nodes");
    expect(
      items.map(({ metadata, spec, status }) => [
        metadata.name,
        spec.podCIDR,
        spec.taints ?? [],
        status.conditions.find(({ type }) => type === "Ready")?.status,
      ]),
    ).toEqual(NODES.map((name, index) => [name, `192.168.${index >> 2}.${(index % 4) * 64}/26`, [], "True"]));
    const lease = () =>
      cluster.get<{ spec: { renewTime: string } }>(
        "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/k01-worker",
      );
    const before = (await lease()).spec.renewTime;
    await until("the lease is renewed", 15, async () => (await lease()).spec.renewTime > before);
  });

  it("keeps no password and no key in any process's arguments", async () => {
    for (const node of NODES) expect(await inside(node, "ps", "-eo", "args")).not.toMatch(/PRIVATE|-data=|token=/);
  });
});

describe("kubectl on bare nodes", () => {
  const pods = async () => (await kubectl(["get", "pods", "-l", "app=nginx", "-o", "name"])).stdout.trim().split("\n");

  it("get pods -o wide shows each pod's address and node", async () => {
    const { stdout } = await kubectl(["get", "pods", "-l", "app=nginx", "-o", "wide", "--no-headers"]);
    const lines = stdout.trim().split("\n");
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/^nginx\S* +1\/1 +Running .* 192\.168\.\S+ +k01-\S+ /);
  });

  it("logs has each request that reached a pod, and follows", async () => {
    await inside(TOR, "curl", "-s", "-m", "5", `http://${SERVICE}/asked-for-the-log`);
    const said = await kubectl(["logs", "-l", "app=nginx", "--tail=-1"]);
    expect([said.code, said.stdout.match(/^\S+ "GET \/asked-for-the-log HTTP\/1.1" 200$/gm)?.length]).toEqual([0, 1]);
    const [pod = ""] = await pods();
    const missing = await kubectl(["logs", "--previous", pod]);
    expect(missing.stderr).toContain("a bare node keeps no log of the program that");
  });

  it("exec runs in the pod's network, with its input, its exit code and 3 MB of output", async () => {
    const [pod = ""] = await pods();
    const exec = (command: string[], input?: string) =>
      kubectl(["exec", ...(input === undefined ? [] : ["-i"]), pod, "--", ...command], input);
    const shown = await kubectl(["get", pod, "-o", "jsonpath={.status.podIP}"]);
    expect((await exec(["ip", "-br", "-4", "address", "show", "dev", "eth0"])).stdout).toContain(`${shown.stdout}/32`);
    expect((await exec(["hostname"])).stdout.trim()).toBe(pod.replace("pod/", ""));
    expect(await exec(["tr", "a-z", "A-Z"], "two\nlines\n")).toEqual({ code: 0, stdout: "TWO\nLINES\n", stderr: "" });
    const failed = await exec(["sh", "-c", "echo no >&2; exit 3"]);
    expect([failed.code, failed.stderr.split("\n")[0]]).toEqual([3, "no"]);
    const much = await exec(["sh", "-c", "yes 0123456789 | head -c 3000000"]);
    expect(much.stdout).toHaveLength(3_000_000);
    const none = await exec(["no-such-program"]);
    expect([none.code, none.stderr]).toEqual([127, expect.stringContaining("no-such-program")]);
  });

  it("exec gives a terminal of the window's size", async () => {
    const [pod = ""] = await pods();
    const command = ["sh", "-c", "test -t 0 && while [ \"$(stty size)\" = '0 0' ]; do sleep 0.05; done; stty size"];
    const endpoint = orThrow(readKubeconfig(readFileSync(process.env["KUBECONFIG"] ?? "", "utf8")));
    const said = await onTerminal(endpoint, pod.replace("pod/", ""), [132, 43], command);
    expect(said.trim()).toBe("43 132");
  });

  it("port-forward is refused in one sentence", async () => {
    const [pod = ""] = await pods();
    const said = await kubectl(["port-forward", pod, "18080:80", "--address", "127.0.0.1"]);
    expect(`${said.stdout}${said.stderr}`).toContain("a bare node forwards no ports");
  });
});

describe("five nodes and the control plane", () => {
  it("take less than 800 MB of anonymous memory", async () => {
    const sum = "cat /proc/[0-9]*/status 2>/dev/null | awk '/^RssAnon/ { sum += $2 } END { print sum }'";
    const kilobytes = await Promise.all(NODES.map((node) => inside(node, "/bin/sh", "-c", sum)));
    expect(kilobytes.reduce((total, text) => total + Number(text), 0) / 1024).toBeLessThan(800);
  });
});
