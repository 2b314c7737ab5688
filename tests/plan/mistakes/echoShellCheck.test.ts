/** Mistakes with EchoService, Shell and ReachabilityCheck. */
import { describe } from "vitest";
import { metallb } from "../../../components/cni/choices";
import { type CheckSpec, planCheck } from "../../../components/plan/check";
import { type EchoSpec, planEcho } from "../../../components/plan/echo";
import { planShell } from "../../../components/plan/shell";
import { lab, refuses } from "./mistake";

const echo =
  (args: Partial<Omit<EchoSpec, "cluster">>, changes: Parameters<typeof lab>[0] = {}) =>
  () =>
    planEcho("web", { cluster: lab(changes).cluster, port: 80, ...args });

describe("an echo service", () => {
  refuses([
    { what: "port 0", call: echo({ port: 0 }), says: /^port: found "0", expected a port from 1 to 65535/ },
    { what: "a port above the last", call: echo({ port: 65536 }), says: /^port: found "65536"/ },
    { what: "half a port", call: echo({ targetPort: 80.5 }), says: /^targetPort: found "80.5"/ },
    {
      what: "fewer than no pods",
      call: echo({ replicas: -1 }),
      says: /^replicas: found "-1", expected a whole number, 0 or more/,
    },
    { what: "half a pod", call: echo({ replicas: 1.5 }), says: /^replicas: found "1.5"/ },
    {
      what: "a node that is not there",
      call: echo({ node: "worker9" }),
      says: /^node: found "worker9", expected a node of k01: control-plane/,
    },
    { what: "an address that is none", call: echo({ address: "172.16.0" }), says: /^address: found "172.16.0"/ },
    {
      what: "a prefix for an address",
      call: echo({ address: "172.16.0.0/24" }),
      says: /^address: found "172.16.0.0\/24"/,
    },
    {
      what: "a cluster address outside of the services' range",
      call: echo({ type: "ClusterIP", address: "172.16.0.1" }),
      says: /^address: .*the services' range 10.96.0.0\/16/,
    },
    {
      what: "no address with MetalLB, whose forecast needs it",
      call: echo({}, { balancer: metallb({ asn: 65010, version: "0.15" }) }),
      says: /^address: .*MetalLB announces each service/,
    },
    { what: "two at once", call: echo({ port: 0, node: "worker9" }), says: /^node: found/ },
  ]);
});

const shell = (name: string, node: string) => () => planShell(name, { cluster: lab().cluster, node });

describe("a shell", () => {
  refuses([
    { what: "a node that is not there", call: shell("tmp", "m02"), says: /^node: found "m02", expected a node of k01/ },
    { what: "no node", call: shell("tmp", ""), says: /^node: found nothing, expected a node of k01/ },
    { what: "capitals in its name", call: shell("Tmp", "worker"), says: /found "Tmp", expected a pod's name/ },
    { what: "a space in its name", call: shell("my shell", "worker"), says: /found "my shell"/ },
    { what: "an underscore", call: shell("my_shell", "worker"), says: /found "my_shell"/ },
    { what: "a dash in front", call: shell("-shell", "worker"), says: /found "-shell"/ },
    { what: "a dash at the end", call: shell("shell-", "worker"), says: /found "shell-"/ },
    { what: "64 letters", call: shell("a".repeat(64), "worker"), says: /at most 63/ },
    { what: "an empty name", call: shell("", "worker"), says: /a pod's name/ },
    { what: "name and node at once", call: shell("Tmp", "m02"), says: /^node: found/ },
  ]);
});

function ends() {
  const { rack, cluster } = lab();
  const pod = (name: string, node: string) => ({ name, cluster, node: planShell(name, { cluster, node }).node });
  const web = planEcho("web", { cluster, port: 80 });
  const service = { name: "web", cluster, destination: web.destination, backends: web.backends };
  return { cluster, router: rack.router, pod: pod("a", "worker"), other: pod("b", "worker2"), service };
}
const check = (args: (all: ReturnType<typeof ends>) => CheckSpec) => () => planCheck("c", args(ends()));

describe("a check", () => {
  refuses([
    {
      what: "a service pinged",
      call: check(({ pod, service }) => ({ from: pod, to: service, by: "ping" })),
      says: /^by: found "ping", expected "http"/,
    },
    {
      what: "a service's path",
      call: check(({ pod, service }) => ({ from: pod, to: service, by: "path" })),
      says: /^by: found "path", expected "http"/,
    },
    {
      what: "a pod over HTTP",
      call: check(({ pod, other }) => ({ from: pod, to: other, by: "http" })),
      says: /^by: found "http", expected "ping" or "path"/,
    },
    {
      what: "from where it goes to",
      call: check(({ pod }) => ({ from: pod, to: pod })),
      says: /^to: .*another place than from/,
    },
    {
      what: "from a node that is not there",
      call: check(({ cluster, pod }) => ({ from: { cluster, node: "m02" }, to: pod })),
      says: /^from\.node: found "m02"/,
    },
    {
      what: "to a node that is not there",
      call: check(({ cluster, pod }) => ({ from: pod, to: { cluster, node: "m02" } })),
      says: /^to\.node: found "m02"/,
    },
    {
      what: "to an address that is none",
      call: check(({ pod }) => ({ from: pod, to: "10.0.0" })),
      says: /^to: found "10.0.0"/,
    },
    {
      what: "to a prefix",
      call: check(({ pod }) => ({ from: pod, to: "10.0.0.0/24" })),
      says: /^to: found "10.0.0.0\/24"/,
    },
    {
      what: "to a host's name",
      call: check(({ pod }) => ({ from: pod, to: "web.default.svc" })),
      says: /^to: found "web.default.svc"/,
    },
    {
      what: "from an address, where nothing can ask",
      call: check(({ pod }) => ({ from: "10.0.0.1" as never, to: pod })),
      says: /^from: .*something that can ask/,
    },
    {
      what: "from a router to itself",
      call: check(({ router }) => ({ from: router, to: router })),
      says: /^to: .*another place/,
    },
  ]);
});
