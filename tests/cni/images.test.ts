/**
 * What is asked of a CNI's own installer, held against the names and types that its chart or operator has. These were read
 * in the values.yaml of each release named here, and in the types of Calico's operator (1.40 and 1.43).
 */
import { describe, expect, it } from "vitest";
import { type CniName, CNIS } from "../../components/cni";
import { calico } from "../../components/cni/calico/choice";
import { choiceIntent } from "../../components/cni/choice";
import type { Cni } from "../../components/cni/cni";
import type { ImagesCluster } from "../../components/cni/images";
import { flagsOf } from "../../components/cni/kubeRouter/flags";
import { orThrow } from "../../components/model/errors";

const READ: Partial<Record<CniName, { releases: string[]; values: Record<string, string> }>> = {
  cilium: {
    releases: ["1.18.4", "1.19.0", "1.20.2"],
    values: {
      "bgpControlPlane.enabled": "boolean",
      "bgpControlPlane.secretsNamespace.name": "string",
      "bgpControlPlane.secretsNamespace.create": "boolean",
      "ipam.mode": "string",
      "k8s.requireIPv4PodCIDR": "boolean",
      "k8s.requireIPv6PodCIDR": "boolean",
      "ipv4.enabled": "boolean",
      "ipv6.enabled": "boolean",
      routingMode: "string",
      autoDirectNodeRoutes: "boolean",
      ipv4NativeRoutingCIDR: "string",
      ipv6NativeRoutingCIDR: "string",
      kubeProxyReplacement: "boolean",
      "operator.replicas": "number",
      "hubble.enabled": "boolean",
      "envoy.enabled": "boolean",
      l7Proxy: "boolean",
    },
  },
  calico: {
    releases: ["v3.31.7", "v3.32.3", "v3.33.1"],
    values: {
      "installation.enabled": "boolean",
      "apiServer.enabled": "boolean",
      "goldmane.enabled": "boolean",
      "whisker.enabled": "boolean",
    },
  },
  metallb: {
    releases: ["0.14.9", "0.15.2", "0.16.1"],
    values: {
      "speaker.frr.enabled": "boolean",
      "frrk8s.enabled": "boolean",
    },
  },
};

function at(change: Partial<ImagesCluster> = {}): ImagesCluster {
  return {
    version: "",
    settings: {},
    asn: 65010,
    pods: ["10.1.0.0/16", "fd00:1::/48"],
    services: ["10.96.0.0/16", "fd00:10:96::/112"],
    kubeProxyMode: "iptables",
    announcesPods: true,
    objects: [],
    ...change,
  };
}

function leaves(value: unknown, path = ""): [path: string, type: string][] {
  if (typeof value !== "object" || value === null) return [[path, typeof value]];
  return Object.entries(value).flatMap(([name, part]) => leaves(part, path === "" ? name : `${path}.${name}`));
}

describe("a CNI's own images", () => {
  it.each(Object.entries(CNIS) as [CniName, Cni][])("%s: each version that is known has one release", (_name, cni) => {
    expect(Object.keys(cni.images.releases).sort()).toEqual([...cni.versions].sort());
    for (const [version, release] of Object.entries(cni.images.releases)) {
      expect(release.replace(/^v/, "").startsWith(`${version}.`)).toBe(true);
    }
  });

  it.each(Object.entries(CNIS) as [CniName, Cni][])(
    "%s: they come by a chart or a DaemonSet, not both",
    (_name, cni) => {
      expect([cni.images.chart, cni.images.daemonSet].filter((one) => one !== undefined)).toHaveLength(1);
    },
  );

  it.each(Object.entries(READ))("%s: each value is one that the charts of these releases have", (name, read) => {
    const { images } = CNIS[name as CniName];
    expect(Object.values(images.releases).sort()).toEqual([...read.releases].sort());
    const asked = images.values?.(at({ version: Object.keys(images.releases)[0] ?? "" }));
    for (const [path, type] of leaves(asked)) expect([path, type]).toEqual([path, read.values[path]]);
  });

  it.each([
    ["native", false, false],
    ["frr", true, false],
    ["frr-k8s", false, true],
  ])("MetalLB with the daemon %s: one of the chart's two switches at most", (mode, frr, frrk8s) => {
    const values = CNIS.metallb.images.values?.(at({ version: "0.15", settings: { mode } }));
    expect(values).toMatchObject({ speaker: { frr: { enabled: frr } }, frrk8s: { enabled: frrk8s } });
  });

  it("MetalLB without a daemon named: the version's usual one, whatever the chart's default", () => {
    expect(CNIS.metallb.images.values?.(at({ version: "0.14" }))).toMatchObject({
      speaker: { frr: { enabled: true } },
    });
    expect(CNIS.metallb.images.values?.(at({ version: "0.16" }))).toMatchObject({ frrk8s: { enabled: true } });
  });

  it("Calico's Installation has a pool of each family, and the nodes' addresses of both", () => {
    const choice = calico({ asn: 65010, encapsulation: "None" });
    const { own } = orThrow(
      CNIS.calico.write(choiceIntent(choice, ["10.1.0.0/16", "fd00:1::/48"]), { ...choice, part: true }),
    );
    const [installation] = CNIS.calico.images.asks?.(at({ objects: own })) ?? [];
    expect(installation?.spec).toMatchObject({
      calicoNetwork: {
        nodeAddressAutodetectionV6: { kubernetes: "NodeInternalIP" },
        ipPools: [
          { name: "default-ipv4-ippool", cidr: "10.1.0.0/16", encapsulation: "None", blockSize: 26 },
          { name: "default-ipv6-ippool", cidr: "fd00:1::/48", encapsulation: "None", blockSize: 122 },
        ],
      },
    });
  });
});

describe("kube-router's settings as flags", () => {
  it("each setting that its reading takes is a flag of its own command line", () => {
    const all = {
      ...{ clusterAsn: 64512, fullMesh: false, ibgp: false, multihopTtl: 3, port: 1790, holdTime: 9 },
      ...{ advertisePodCidr: false, advertiseClusterIp: true, advertiseExternalIp: true, overlay: false },
      ...{ advertiseLoadBalancerIp: true, overrideNextHop: true, strictExternalIps: false },
      ...{ externalIpRanges: ["10.5.0.0/24"], loadBalancerIpRanges: ["10.6.0.0/24", "fd00:6::/120"] },
      gracefulRestart: { restartTime: 60 },
      peerRouters: [
        { address: "10.0.0.1", asn: 65000 },
        { address: "10.0.0.2", asn: 65001, port: 1790 },
      ],
    };
    expect(flagsOf(all)).toEqual([
      "--cluster-asn=64512",
      "--nodes-full-mesh=false",
      "--enable-ibgp=false",
      "--peer-router-multihop-ttl=3",
      "--bgp-port=1790",
      "--bgp-holdtime=9s",
      "--bgp-graceful-restart=true",
      "--bgp-graceful-restart-time=60s",
      "--advertise-pod-cidr=false",
      "--advertise-cluster-ip=true",
      "--advertise-external-ip=true",
      "--advertise-loadbalancer-ip=true",
      "--override-nexthop=true",
      "--enable-overlay=false",
      "--strict-external-ip-validation=false",
      "--service-external-ip-range=10.5.0.0/24",
      "--loadbalancer-ip-range=10.6.0.0/24,fd00:6::/120",
      "--run-loadbalancer=true",
      "--peer-router-ips=10.0.0.1,10.0.0.2",
      "--peer-router-asns=65000,65001",
      "--peer-router-ports=179,1790",
    ]);
    // Of every setting, by the names of a settings file, something is said.
    expect(Object.keys(CNIS["kube-router"].settings).sort()).toEqual(Object.keys(all).sort());
  });

  it("leaves out what nobody set: kube-router's defaults hold", () => {
    expect(flagsOf({})).toEqual([]);
  });
});
