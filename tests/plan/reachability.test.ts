/** What a preview says of ways that are not there, and what each wrong check is told. */
import { describe, expect, it } from "vitest";
import { calico } from "../../components/cni/choices";
import { forecast } from "../../components/forecast/forecast";
import { UserError, orThrow } from "../../components/model/errors";
import { type CheckSpec, planCheck } from "../../components/plan/check";
import { planCluster } from "../../components/plan/cluster";
import { whole } from "../../components/plan/combine";
import { planEcho } from "../../components/plan/echo";
import { serviceEnd } from "../../components/plan/check";
import { foreseen } from "../../components/plan/foreseen";
import { place } from "../../components/plan/place";
import { planPool } from "../../components/plan/pool";
import { planRack } from "../../components/plan/rack";
import { planSelective } from "../../components/plan/selective";
import { planShell } from "../../components/plan/shell";
import { type Steps, clusterOf, twoClusters } from "./twoClusters";

/** A cluster over racks whose routers do not know each other. */
function racks(count: number) {
  const all = Array.from({ length: count }, (_, index) =>
    planRack(`rack${index + 1}`, {
      segments: [`10.10.${index + 1}0.0/24`],
      router: { os: "frr", asn: 65001 + index, address: `10.10.${index + 1}0.1` },
    }),
  );
  const cluster = planCluster("k01", {
    cni: calico({ asn: 65010 }),
    pods: "192.168.0.0/16",
    nodes: all.flatMap((rack, index) => place(rack, [`n${index}a`, `n${index}b`], { from: `10.10.${index + 1}0.10` })),
  });
  const speakers = { nodes: all.map((_, index) => `n${index}a`) };
  const fabric = planSelective("edge", { cluster, racks: all, speakers });
  const pool = planPool("services", { cluster, cidr: "172.16.0.240/28" });
  const echo = planEcho("web", { cluster, port: 80 });
  const service = { ...echo, checks: [{ name: "web", to: serviceEnd({ name: "web", cluster, ...echo }) }] };
  return [...all, cluster, fabric, pool, service];
}
const noWay = (parts: ReturnType<typeof racks>, routers: string[]) =>
  foreseen(forecast(orThrow(whole(parts)).network), parts, routers).findings;

describe("a service whose backends may run anywhere", () => {
  it("answers in one rack: kube-proxy reaches every node of it", () => {
    expect(noWay(racks(1), ["rack1-tor"])).toEqual([]);
  });

  it("in two racks without a way between them: the preview names the pods that are cut off and the missing route", () => {
    const found = noWay(racks(2), ["rack1-tor", "rack2-tor"]);
    expect(found.every(({ rule, severity }) => rule === "reachability/no-way" && severity === "block")).toBe(true);
    expect(found.map(({ place: at }) => at)).toEqual(expect.arrayContaining(["k01-n0a", "k01-n1a"]));
    expect(found[0]?.sentence).toContain("from k01-n0a, which takes service web of k01, to its pods on k01-n1a");
    expect(found[0]?.sentence).toContain("k01-n0a has no route to 192.168.0.129");
  });
});

describe("between two clusters", () => {
  const checked = (steps: Steps) => {
    const [a, b] = [clusterOf("a", 64512), clusterOf("b", 64513)];
    const [from, to] = [a, b].map((cluster) => ({
      name: `shell-of-${cluster.name}`,
      cluster,
      ...planShell("shell", { cluster, node: "m02" }),
    }));
    if (from === undefined || to === undefined) throw new Error("two shells");
    const service = planEcho("echo", { cluster: b, type: "ClusterIP", port: 8385, targetPort: 8080 });
    const parts = [
      ...twoClusters(steps),
      planCheck("pods", { from, to, by: "path" }),
      planCheck("service", { from, to: { name: "echo", cluster: b, ...service } }),
    ];
    return foreseen(forecast(orThrow(whole(parts)).network), parts, []);
  };

  it("with the disabled pools a pod reaches a pod and a service, by one reflector or the other", () => {
    const { findings, ways } = checked({ reflectors: true, peering: true, pools: true });
    expect(findings).toEqual([]);
    expect(ways.get("pods")).toEqual([["cluster-a-m02"], ["cluster-b-m03", "cluster-b-m04"], ["cluster-b-m02"]]);
  });

  it("without them the preview says which node has no route, to the pods and to the services", () => {
    const { findings } = checked({ reflectors: true, peering: true });
    expect(findings.map(({ place: at }) => at)).toContain("cluster-a-m02");
    expect(findings[0]?.sentence).toMatch(/cluster-a-m02 has no route to 10\.210\.0\.65/);
  });
});

describe("a check is refused, with the argument and what would be right", () => {
  const cluster = clusterOf("a", 64512);
  const shell = { name: "shell", cluster, ...planShell("shell", { cluster, node: "m02" }) };
  const echo = { name: "web", cluster, ...planEcho("web", { cluster, type: "ClusterIP", port: 80 }) };
  it.each<[string, CheckSpec, RegExp]>([
    ["a ping of a service", { from: shell, to: echo, by: "ping" }, /by: found "ping", expected "http"/],
    ["a path to a service", { from: shell, to: echo, by: "path" }, /by: found "path", expected "http"/],
    [
      "HTTP to a pod that only sleeps",
      { from: shell, to: shell, by: "http" },
      /by: found "http", expected "ping" or "path"/,
    ],
    ["a pod to itself", { from: shell, to: shell }, /to: found "pod shell on cluster-a-m02", expected another place/],
    [
      "a node that is not there",
      { from: { cluster, node: "m9" }, to: shell },
      /from\.node: found "m9", expected a node of/,
    ],
    ["an address that is none", { from: shell, to: "10.0.0.300" }, /to: found "10\.0\.0\.300"/],
  ])("%s", (_name, spec, said) => {
    expect(() => planCheck("check", spec)).toThrow(UserError);
    expect(() => planCheck("check", spec)).toThrow(said);
  });

  it.each<[string, () => unknown, RegExp]>([
    ["a shell on no node", () => planShell("shell", { cluster, node: "m9" }), /node: found "m9"/],
    ["a shell whose name no pod can have", () => planShell("My Shell", { cluster, node: "m02" }), /found "My Shell"/],
    ["a target port of 0", () => planEcho("web", { cluster, port: 80, targetPort: 0 }), /targetPort: found "0"/],
    [
      "a cluster address outside of the range",
      () => planEcho("web", { cluster, port: 80, type: "ClusterIP", address: "10.9.9.9" }),
      /address: found "10\.9\.9\.9", expected an address of the services' range 10\.201\.0\.0\/16/,
    ],
  ])("%s", (_name, call, said) => expect(call).toThrow(said));
});
