/** Traps that every CNI shares, as findings: LoadBalancers that nobody announces, passwords without a Secret. */
import { describe, expect, test } from "vitest";
import type { Speaker } from "../../components/bgp/network";
import { commonFindings } from "../../components/cni/commonFindings";
import type { ClusterObjects, Service } from "../../components/cni/objects";

const node = (more: Partial<Speaker> = {}): Speaker => ({
  name: "worker",
  dialect: { system: "bird", version: "1.6" },
  role: "node",
  asn: 65010,
  routerId: "10.0.0.1",
  interfaces: [],
  bgp: {},
  neighbors: [],
  ...more,
});

const service = (ip: string | undefined, spec: Partial<Service["spec"]> = {}): Service => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web", namespace: "default" },
  spec: { type: "LoadBalancer", ...spec },
  ...(ip === undefined ? {} : { status: { loadBalancer: { ingress: [{ ip }] } } }),
});

const found = (objects: Partial<ClusterObjects>, speakers: Speaker[]): string[] =>
  commonFindings({ nodes: [], ...objects }, speakers, "calico").map(
    ({ id, severity, sentence }) => `${severity} ${id}: ${sentence}`,
  );

describe("a LoadBalancer Service", () => {
  const announces = (prefix: string): Speaker => node({ routes: [{ prefix, blackhole: true }] });

  test("whose address lies in an announced range is fine, as is one of another type", () => {
    expect(found({ services: [service("172.16.0.241")] }, [announces("172.16.0.240/28")])).toEqual([]);
    expect(found({ services: [service(undefined, { type: "ClusterIP" })] }, [node()])).toEqual([]);
  });

  test("without an address yet", () => {
    expect(found({ services: [service(undefined)] }, [node()])).toEqual([
      "warning calico/service-not-announced: Service/default/web is a LoadBalancer and no node announces it: it has no address yet",
    ]);
  });

  test("whose address no announced range holds", () => {
    expect(found({ services: [service("172.16.1.1")] }, [announces("172.16.0.240/28")])[0]).toMatch(
      /no announced prefix holds 172\.16\.1\.1$/,
    );
  });

  test("with externalTrafficPolicy Local and no ready endpoint", () => {
    const objects = {
      services: [service("172.16.1.1", { externalTrafficPolicy: "Local" as const })],
      endpointSlices: [],
    };
    expect(found(objects, [node()])[0]).toMatch(/externalTrafficPolicy is Local and no endpoint is ready$/);
  });
});

test("a password of a Secret that nobody gave is said once for all its sessions; with Secrets given the CNI's own check holds", () => {
  const speakers = ["a", "b"].map((name) => node({ name, neighbors: [{ address: "10.0.0.9", password: "tor" }] }));
  expect(found({}, speakers)).toEqual([
    expect.stringMatching(/^info calico\/secret-not-given: sessions of a and b .* Secret tor,/),
  ]);
  expect(found({ secrets: [] }, speakers)).toEqual([]);
});
