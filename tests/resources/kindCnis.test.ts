/**
 * Proves how Cilium, Calico and kube-router are installed by their own images on kind: charts, values, what operators are
 * asked, waits. That they come up so has never been seen: it needs registries.
 */
import { execFileSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Change, cluster, one, rack, registered, release, run, stubs, waitsFor } from "./kindProgram";

beforeEach(stubs);
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe("Cilium by its chart", () => {
  const cilium: Change = (all) => ({ cni: all.cilium({ asn: 65010 }) });

  it("has its control plane on, the nodes' blocks, native routing for the pods' range, and kube-proxy beside it", async () => {
    await run(cilium);
    expect(one("k01-cni").type).toBe("kubernetes:helm.sh/v3:Release");
    expect(release()).toMatchObject({
      chart: "cilium",
      version: "1.19.0",
      namespace: "kube-system",
      repositoryOpts: { repo: "https://helm.cilium.io" },
    });
    expect(release().values).toMatchObject({
      bgpControlPlane: { enabled: true, secretsNamespace: { name: "kube-system", create: false } },
      ipam: { mode: "kubernetes" },
      k8s: { requireIPv4PodCIDR: true },
      routingMode: "native",
      autoDirectNodeRoutes: false,
      ipv4NativeRoutingCIDR: "192.168.0.0/16",
      kubeProxyReplacement: false,
    });
  });

  it("is waited for by the Release, whose charts' DaemonSets and Deployments are ready when it is there", async () => {
    await run(cilium);
    expect(release()).not.toHaveProperty("skipAwait");
    expect(waitsFor("k01-ready")).toContain("k01-cni");
  });

  it("looks for passwords in a namespace of its own where the program says so, which the chart makes", async () => {
    await run((all) => ({ cni: all.cilium({ asn: 65010, secretsNamespace: "bgp-secrets" }) }));
    expect(release().values["bgpControlPlane"]).toMatchObject({
      secretsNamespace: { name: "bgp-secrets", create: true },
    });
  });

  it("comes from a private mirror, in a version and with values of the user's", async () => {
    const chart = {
      repository: "oci://registry.example.com/charts/",
      version: "1.19.6",
      values: { ipam: { operator: {} }, image: { useDigest: false } },
    };
    await run((all) => ({ ...cilium(all), kind: { chart } }));
    expect(release()).toMatchObject({ chart: "oci://registry.example.com/charts/cilium", version: "1.19.6" });
    expect(release()).not.toHaveProperty("repositoryOpts");
    expect(release().values).toMatchObject({
      ipam: { mode: "kubernetes", operator: {} },
      image: { useDigest: false },
      routingMode: "native",
    });
  });

  it("runs on versions that our agent has no programs of", async () => {
    await run((all) => ({ cni: all.cilium({ asn: 65010, version: "1.20" }) }));
    expect(release().version).toBe("1.20.2");
  });
});

describe("Calico by its operator", () => {
  const installation = () =>
    one("k01-cni-installation").inputs as unknown as {
      metadata: { annotations: Record<string, string> };
      spec: { cni: object; calicoNetwork: Record<string, unknown>; controlPlaneReplicas: number };
    };

  it("is asked for an Installation with BGP, the rack's addresses and the plan's pool, once its operator runs", async () => {
    await run();
    expect(release()).toMatchObject({ chart: "tigera-operator", version: "v3.32.3", namespace: "tigera-operator" });
    expect(release().values).toMatchObject({ installation: { enabled: false }, apiServer: { enabled: false } });
    expect(one("k01-cni-installation").type).toBe("kubernetes:operator.tigera.io/v1:Installation");
    expect(waitsFor("k01-cni-installation")).toContain("k01-cni");
    expect(installation().spec).toMatchObject({
      cni: { type: "Calico", ipam: { type: "Calico" } },
      calicoNetwork: {
        bgp: "Enabled",
        linuxDataplane: "Iptables",
        nodeAddressAutodetectionV4: { kubernetes: "NodeInternalIP" },
        ipPools: [
          {
            name: "default-ipv4-ippool",
            cidr: "192.168.0.0/16",
            encapsulation: "VXLANCrossSubnet",
            blockSize: 26,
            disableBGPExport: true,
          },
        ],
      },
      controlPlaneReplicas: 1,
    });
  });

  it("is waited for by what the operator reports, the API of a fabric's objects after it", async () => {
    await run();
    for (const name of ["k01-cni-installation", "k01-cni-apiserver"]) {
      const { metadata } = one(name).inputs as { metadata: { annotations: Record<string, string> } };
      expect(metadata.annotations).toEqual({ "pulumi.com/waitFor": "condition=Ready" });
    }
    expect(waitsFor("k01-cni-apiserver")).toContain("k01-cni-installation");
    expect(waitsFor("k01-ready")).toContain("k01-cni-apiserver");
  });

  it("has its pool from the operator alone: a second maker of the same object would fail", async () => {
    await run();
    expect(registered.filter(({ type }) => type.endsWith(":IPPool"))).toEqual([]);
    vi.stubEnv("BGPFABRIC_NODE_IMAGE", "bgpfabric/node:1");
    await run();
    expect(registered.filter(({ type }) => type.endsWith(":IPPool"))).toHaveLength(1);
  });

  it("takes pods' addresses from each Node's block where the nodes announce these", async () => {
    await run((all) => ({ cni: all.calico({ asn: 65010, encapsulation: "None" }) }));
    expect(installation().spec).toMatchObject({
      cni: { ipam: { type: "HostLocal" } },
      calicoNetwork: { ipPools: [{ encapsulation: "None", disableBGPExport: false }] },
    });
  });

  it("follows kube-proxy to nftables", async () => {
    await run(() => ({ kind: { kubeProxyMode: "nftables" } }));
    expect(installation().spec.calicoNetwork["linuxDataplane"]).toBe("Nftables");
  });

  it("may read the passwords of sessions in its own namespace, and nowhere else", async () => {
    await run();
    const roles = registered.filter(({ type }) => /:(Cluster)?Role$/.test(type));
    expect(roles.map(({ inputs }) => inputs["metadata"])).toEqual([
      { name: "bgpfabric-passwords", namespace: "calico-system" },
    ]);
    expect(one("k01-cni-passwords-access").inputs["subjects"]).toEqual([
      { kind: "ServiceAccount", name: "calico-node", namespace: "calico-system" },
    ]);
    expect(waitsFor("k01-cni-passwords")).toContain("k01-cni-installation");
  });
});

describe("kube-router by its own image", () => {
  interface Container {
    image: string;
    command: string[];
    args?: string[];
  }
  const pod = () =>
    (one("k01-cni").inputs["spec"] as { template: { spec: Record<string, unknown> } }).template.spec as {
      containers: Container[];
      initContainers: Container[];
    };
  const kubeRouter: Change = (all) => ({ cni: all.kubeRouter({ asn: 64512 }) });

  it("routes and filters, leaves services to kube-proxy, and finds plugins and configuration put into place first", async () => {
    await run(kubeRouter);
    expect(one("k01-cni").type).toBe("kubernetes:apps/v1:DaemonSet");
    const [container] = pod().containers;
    expect(container?.image).toBe("docker.io/cloudnativelabs/kube-router:v2.11.1");
    expect(container?.command).toEqual([
      "/usr/local/bin/kube-router",
      "--run-router=true",
      "--run-firewall=true",
      "--run-service-proxy=false",
      "--service-cluster-ip-range=10.96.0.0/16",
      "--cluster-asn=64512",
      "--advertise-pod-cidr=true",
    ]);
    const [install] = pod().initContainers;
    execFileSync("sh", ["-n"], { input: install?.command[2] });
    const files = one("k01-cni-files").inputs["data"] as Record<string, string>;
    expect(JSON.parse(files["cni-conf.json"] ?? "")).toMatchObject({
      plugins: [{ type: "bridge", isDefaultGateway: true, ipam: { type: "host-local" } }],
    });
  });

  it("is waited for: its DaemonSet is there when its pods are ready", async () => {
    await run(kubeRouter);
    const { metadata } = one("k01-cni").inputs as { metadata: { annotations?: object } };
    expect(metadata.annotations).toBeUndefined();
    expect(waitsFor("k01-ready")).toContain("k01-cni");
    expect(waitsFor("k01-cni")).toEqual(expect.arrayContaining(["k01-cni-access", "k01-cni-files"]));
  });

  it("reads what it needs, and writes leases and the addresses of services alone", async () => {
    await run(kubeRouter);
    const { rules } = one("k01-cni-role").inputs as { rules: { resources: string[]; verbs: string[] }[] };
    expect(rules.filter(({ verbs }) => verbs.includes("update")).flatMap(({ resources }) => resources)).toEqual([
      "leases",
      "services/status",
    ]);
    expect(rules.flatMap(({ resources }) => resources)).not.toContain("secrets");
  });

  it("gets the flags that all parts together want as a patch of its arguments, before the gate", async () => {
    await run(kubeRouter, (all) => {
      const pool = new all.LoadBalancerPool("services", { cluster, cidr: "172.16.0.240/28" });
      return new all.LiveNetwork("live", { parts: [rack, cluster, pool] });
    });
    const flags = one("live-k01-flags");
    expect(flags.type).toBe("kubernetes:apps/v1:DaemonSetPatch");
    expect(flags.inputs).toMatchObject({
      metadata: { name: "kube-router", namespace: "kube-system" },
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: "kube-router",
                args: [
                  "--cluster-asn=64512",
                  "--advertise-pod-cidr=true",
                  "--advertise-loadbalancer-ip=true",
                  "--loadbalancer-ip-range=172.16.0.240/28",
                  "--run-loadbalancer=true",
                ],
              },
            ],
          },
        },
      },
    });
    expect(waitsFor("live-gate")).toContain("live-k01-flags");
    expect(registered.filter(({ type, name }) => type.endsWith(":ConfigMap") && name.startsWith("live"))).toEqual([]);
  });

  it("takes an image by digest", async () => {
    const cniImage = "registry.example.com/kube-router@sha256:1234";
    await run((all) => ({ ...kubeRouter(all), kind: { cniImage } }));
    expect([...pod().containers, ...pod().initContainers].map(({ image }) => image)).toEqual([cniImage, cniImage]);
  });
});
