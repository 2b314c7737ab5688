/** The stacks with both families, or with IPv6 alone, by configuration: which sessions their programs forecast. */
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { programOf } from "../../engine/needs";
import { CHANGES } from "../../engine/verbs/changes";
import { PROJECT, record } from "./recorder";

interface Exported {
  sessions?: string[];
  routes?: string[];
}

async function sessionsOf(stack: string, config: Record<string, string>): Promise<string[]> {
  return (await run(stack, config)).sessions ?? [];
}

const run = async (stack: string, config: Record<string, string>): Promise<Exported> =>
  (await recorded(stack, config)).exported;

type Recorded = Awaited<ReturnType<typeof recordedAnew>>;
const known = new Map<string, Promise<Recorded>>();

/** A program of a stack is run once in each configuration. */
function recorded(stack: string, config: Record<string, string>): Promise<Recorded> {
  const key = JSON.stringify([stack, config]);
  const made = known.get(key) ?? recordedAnew(stack, config);
  known.set(key, made);
  return made;
}

async function recordedAnew(stack: string, config: Record<string, string>) {
  let exported: Exported = {};
  const made = await record(async () => {
    pulumi.runtime.setAllConfig(
      Object.fromEntries(Object.entries(config).map(([key, value]) => [`${PROJECT}:${key}`, value])),
    );
    vi.resetModules();
    exported = (await import(join(__dirname, `../../stacks/${stack}.ts`))) as Exported;
  });
  return { exported, made };
}

/** Sessions that are up, by what they carry; all others are named. */
function counted(sessions: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of sessions) {
    const key = / up .* (ipv4\+ipv6|ipv4|ipv6)$/.exec(line)?.[1] ?? line;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

describe("a stack of both families has", () => {
  it.each([
    // Six pairs of four nodes, each with one session for both; four nodes at the ToR.
    ["kube-router", {}, { "ipv4+ipv6": 6, ipv4: 4, ipv6: 4 }],
    // Calico's mesh of three nodes in each family, and MetalLB's sessions with the ToR.
    ["metallb", { mode: "frr" }, { ipv4: 6, ipv6: 6 }],
    ["metallb", { mode: "native" }, { ipv4: 6, ipv6: 3 }],
    // Two links and four nodes.
    ["cilium-racks", {}, { ipv4: 6, ipv6: 6 }],
    // In each site a leaf under two spines and two nodes; two links between the sites.
    ["multi-site", {}, { ipv4: 10, ipv6: 10 }],
  ])(
    "%s %o",
    async (stack, config, sessions) => {
      expect(counted(await sessionsOf(stack, { family: "dual", ...config }))).toEqual(sessions);
    },
    240_000,
  );
});

it("a service of one family in a cluster of both says so: one that had both would keep them", async () => {
  const { made } = await recorded("metallb", { family: "dual", mode: "native" });
  const service = made.find(({ name }) => name === "web-loadbalancer");
  expect(service?.inputs["spec"]).toMatchObject({ ipFamilyPolicy: "SingleStack" });
}, 240_000);

it("what MetalLB's native speaker refuses goes before the gate looks: profiles of BFD, and peers of IPv6", async () => {
  const leaving = async (mode: string) => {
    const { made } = await recorded("metallb", { family: "dual", mode });
    return made.find(({ name }) => name === "tor-leaving");
  };
  const [frr, native] = [await leaving("frr"), await leaving("native")];
  const paths = frr?.inputs["paths"] as string[];
  expect(paths.map((path) => path.replace(/^.*metallb-system\//, "")).sort()).toEqual([
    "bfdprofiles/rack-a",
    "bfdprofiles/rack-a-ipv6",
    "bgppeers/rack-a",
    "bgppeers/rack-a-ipv6",
  ]);
  expect(paths).toEqual(expect.arrayContaining(native?.inputs["paths"] as string[]));
  expect(native?.inputs["paths"]).toEqual(["/apis/metallb.io/v1beta2/namespaces/metallb-system/bgppeers/rack-a"]);
  // What takes the place of those that leave is there first.
  expect(native?.waitsFor).toContain("tor-rack-a");
}, 240_000);

it("selective with IPv6 alone has its two speakers' sessions over IPv6", async () => {
  expect(await sessionsOf("selective", { family: "ipv6" })).toEqual([
    "k01-worker fd00:10::11 - rack1-tor fd00:10::1: up ebgp AS 65010 - 65001 ipv6",
    "k01-worker2 fd00:10::12 - rack1-tor fd00:10::1: up ebgp AS 65010 - 65001 ipv6",
  ]);
}, 240_000);

// What verify-stacks changes of them; metallb's change is one of its containers, not of a line.
describe.each(
  Object.entries(CHANGES).filter(([stack]) => programOf(stack) !== stack && programOf(stack) !== "metallb"),
)("the change of %s", (stack, { config, shows }) => {
  it("shows in the forecast", async () => {
    const values = Object.entries(config).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
    const { sessions = [], routes = [] } = await run(
      programOf(stack),
      Object.fromEntries(values) as Record<string, string>,
    );
    const lines = [...sessions, ...routes].join("\n");
    for (const shown of shows) expect(lines).toContain(shown);
  }, 240_000);
});
