/**
 * Lab 000 on kind: real kubelets, real pods, kubeadm's control plane; BIRD and the pods' links are the agent's, since no
 * registry with Calico's images is asked. Bring it up with `make up STACK=selective RUNTIME=kind`.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { connect } from "../../components/live/reach/docker";
import { labOf, until } from "./stackLab";

const { inside, vty, api } = labOf("selective-kind");
const cluster = api();
const POOL = "172.16.0.240/28";
const SERVICE = "172.16.0.241";
const SPEAKERS = ["10.10.10.11", "10.10.10.12"];
const NODES = ["control-plane", "worker", "worker2", "worker3", "worker4"].map((name) => `k01-${name}`);

const sessions = async (): Promise<string[]> => {
  const { peers = {} } = await vty<{ peers?: Record<string, { state: string }> }>(
    "rack1-tor",
    "show bgp ipv4 unicast summary json",
  );
  return Object.keys(peers)
    .filter((peer) => peers[peer]?.state === "Established")
    .sort();
};
const nextHops = async (): Promise<string[]> =>
  [...(await inside("rack1-tor", "ip", "route", "show", POOL)).matchAll(/via (\S+)/g)]
    .map(([, hop]) => hop ?? "")
    .sort();
/** What the service answers the ToR by way of one next hop. */
const through = async (hop: string): Promise<string> => {
  await inside("rack1-tor", "ip", "route", "replace", `${SERVICE}/32`, "via", hop);
  try {
    return await inside("rack1-tor", "curl", "-s", "-m", "5", "-w", " %{http_code}", `http://${SERVICE}/`);
  } finally {
    await inside("rack1-tor", "ip", "route", "del", `${SERVICE}/32`);
  }
};
const kubectl = (...args: string[]) =>
  inside("k01-control-plane", "kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf", ...args);

interface Node {
  metadata: { name: string; labels: Record<string, string> };
  spec: { podCIDR?: string };
  status: {
    addresses: { type: string; address: string }[];
    conditions: { type: string; status: string }[];
    nodeInfo: { kubeletVersion: string; containerRuntimeVersion: string };
  };
}
interface Pod {
  metadata: { name: string };
  spec: { nodeName: string };
  status: { phase: string; podIP: string };
}
const nodes = async () => (await cluster.get<{ items: Node[] }>("/api/v1/nodes")).items;
const pods = async () =>
  (await cluster.get<{ items: Pod[] }>("/api/v1/namespaces/default/pods?labelSelector=app%3Dnginx")).items.filter(
    ({ status }) => status.phase === "Running",
  );

describe("the ToR", () => {
  it("has two sessions, worker's and worker2's, one prefix, and both next hops in the kernel", async () => {
    expect(await sessions()).toEqual(SPEAKERS);
    const { routes } = await vty<{ routes: Record<string, unknown> }>("rack1-tor", "show bgp ipv4 unicast json");
    expect(Object.keys(routes)).toEqual([POOL]);
    expect(await nextHops()).toEqual(SPEAKERS);
  });

  it("gets HTTP 200 from the service through each next hop, from a real pod", async () => {
    const names = (await pods()).map(({ metadata }) => metadata.name);
    for (const hop of SPEAKERS) {
      const [, pod, code] = /^(\S+) answers \S+\s+(\d+)$/.exec(await through(hop)) ?? [];
      expect(code).toBe("200");
      expect(names).toContain(pod);
    }
  });
});

describe("the nodes", () => {
  it("are Ready under the plan's names, with their rack addresses and pod blocks, run by real kubelets", async () => {
    const seen = await nodes();
    expect(
      seen.map(({ metadata, spec, status }) => [
        metadata.name,
        status.addresses.find(({ type }) => type === "InternalIP")?.address,
        spec.podCIDR,
        status.conditions.find(({ type }) => type === "Ready")?.status,
      ]),
    ).toEqual(
      NODES.map((name, index) => [
        name,
        `10.10.10.${10 + index}`,
        `192.168.${index >> 2}.${(index % 4) * 64}/26`,
        "True",
      ]),
    );
    for (const { status } of seen) {
      expect(status.nodeInfo).toMatchObject({
        kubeletVersion: "v1.36.2",
        containerRuntimeVersion: expect.stringMatching(/^containerd:/) as string,
      });
    }
  });

  it("have pods with addresses of their own blocks, whose logs and programs kubectl reaches", async () => {
    const blocks = new Map((await nodes()).map(({ metadata, spec }) => [metadata.name, spec.podCIDR ?? ""]));
    const [pod] = await pods();
    expect(pod).toBeDefined();
    const block =
      blocks
        .get(pod?.spec.nodeName ?? "")
        ?.split("/")[0]
        ?.split(".") ?? [];
    const address = pod?.status.podIP.split(".") ?? [];
    expect(address.slice(0, 3)).toEqual(block.slice(0, 3));
    expect(Number(address[3]) & ~63).toBe(Number(block[3]));
    expect(await kubectl("exec", pod?.metadata.name ?? "", "--", "nginx", "-v")).toBe("");
    expect(await kubectl("-n", "kube-system", "logs", "ds/bgpfabric-agent")).toContain("pods get addresses of");
  });

  it("have no way out through Docker's gateway", async () => {
    for (const node of NODES) expect(await inside(node, "ip", "route", "show", "default")).toBe("");
  });
});

describe("the agent's account", () => {
  const may = async (...request: string[]) =>
    (
      await kubectl("auth", "can-i", ...request, "--as", "system:serviceaccount:kube-system:bgpfabric-agent").catch(
        () => "no",
      )
    ).trim();

  it("patches nodes and reads the passwords' namespace, and cannot read other secrets or delete a node", async () => {
    expect(await may("patch", "nodes")).toBe("yes");
    expect(await may("list", "secrets", "-n", "calico-system")).toBe("yes");
    expect(await may("list", "secrets", "-n", "kube-system")).toBe("no");
    expect(await may("list", "secrets", "-A")).toBe("no");
    expect(await may("delete", "nodes")).toBe("no");
    expect(await may("create", "pods")).toBe("no");
  });
});

describe("a label on worker3, by a plain API call", () => {
  it("adds exactly one session, and takes it away again", async () => {
    const label = (value: string | null) =>
      cluster.patch("/api/v1/nodes/k01-worker3", { metadata: { labels: { "bgp-peer": value } } });
    await label("true");
    try {
      await until("the third session", 60, async () => (await sessions()).length === 3);
      expect(await sessions()).toEqual([...SPEAKERS, "10.10.10.13"]);
    } finally {
      await label(null);
    }
    await until("two sessions again", 60, async () => (await sessions()).length === 2);
  });
});

// Bounds of what is watched, and no more: a restart takes 21 s on two free cores, and minutes where much else runs.
const BUSY = { timeout: 1_200_000 };

describe("the only backend on worker4, which has no session", BUSY, () => {
  it("answers through worker and through worker2", async () => {
    const path = "/apis/apps/v1/namespaces/default/deployments/nginx-deployment";
    const place = (node: string | null, replicas: number) =>
      cluster.patch(path, {
        spec: { replicas, template: { spec: { nodeSelector: { "kubernetes.io/hostname": node } } } },
      });
    await place("k01-worker4", 1);
    try {
      await until(
        "one pod, on worker4",
        240,
        async () => (await pods()).map(({ spec }) => spec.nodeName).join() === "k01-worker4",
      );
      await until("the service answers from it alone", 120, async () => {
        // A pod of before may stand there first, until the one that must stand there takes its place.
        const [pod] = await pods();
        const said: string[] = [];
        for (const hop of SPEAKERS) said.push(await through(hop).catch(() => ""));
        return said.every((one) => one.startsWith(`${pod?.metadata.name} answers `) && one.endsWith(" 200"));
      });
    } finally {
      await place(null, 2);
    }
    await until("two pods again", 240, async () => (await pods()).length === 2);
  });
});

describe("a node whose container is restarted", BUSY, () => {
  it("has its address, its session and its routes back by itself, and the ToR's next hop with them", async () => {
    const before = (await inside("k01-worker2", "ip", "route", "show", "proto", "80")).trim().split("\n").sort();
    expect(before.length).toBe(NODES.length - 1);
    await connect().getContainer("bgpfabric-selective-kind-k01-worker2").restart({ t: 10 });
    await until("both next hops", 480, async () => (await nextHops()).join() === SPEAKERS.join());
    await until("its routes to the other nodes' pods", 180, async () => {
      const after = await inside("k01-worker2", "ip", "route", "show", "proto", "80").catch(() => "");
      return after.trim().split("\n").sort().join() === before.join();
    });
    expect(await inside("k01-worker2", "ip", "route", "show", "default")).toBe("");
    await until("the Node is Ready", 180, async () => {
      const node = (await nodes()).find(({ metadata }) => metadata.name === "k01-worker2");
      return node?.status.conditions.find(({ type }) => type === "Ready")?.status === "True";
    });
    const node = (await nodes()).find(({ metadata }) => metadata.name === "k01-worker2");
    expect(node?.status.addresses.find(({ type }) => type === "InternalIP")?.address).toBe("10.10.10.12");
    await until("the service through it", 180, async () => /\s200$/.test(await through("10.10.10.12").catch(() => "")));
  });
});

describe("five nodes and the control plane", () => {
  it("take less than 1.5 GiB of anonymous memory", async () => {
    const sum = "cat /proc/[0-9]*/status 2>/dev/null | awk '/^RssAnon/ { sum += $2 } END { print sum }'";
    const kilobytes = await Promise.all(NODES.map((node) => inside(node, "/bin/sh", "-c", sum)));
    expect(kilobytes.reduce((total, text) => total + Number(text), 0) / 1024).toBeLessThan(1536);
  });

  // What systemd and kubelet would have set; the level that brings the stack up notes it before: make test LEVELS=kind.
  const noted = process.env["BGPFABRIC_MACHINE"];
  it.runIf(noted !== undefined)("leave the settings of the whole machine as they were", () => {
    const before = JSON.parse(noted ?? "{}") as Record<string, string>;
    expect(Object.keys(before).length).toBeGreaterThan(10);
    const after = Object.fromEntries(Object.keys(before).map((file) => [file, readFileSync(file, "utf8")]));
    expect(after).toEqual(before);
  });
});
