/**
 * The selective stack through the real engine: up, nothing to do, refresh, steps of change, drift, a second clone,
 * refusals, destroy. It proves the plan and its effects on this machine's plugins; it does not prove what another
 * version of Pulumi prints.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  CHECKOUT,
  NETWORK,
  STACK,
  Stack,
  clone,
  held,
  lives,
  onTor,
  inLabNamespace,
  removeContainer,
  withNetwork,
  withRoute,
} from "./stack";

const SPEAKERS = [`${NETWORK}.11`, `${NETWORK}.12`];
const stack = new Stack();

const nextHops = async () =>
  (
    JSON.parse(await onTor("ip", "-j", "route", "show", "172.16.0.240/28")) as {
      gateway?: string;
      nexthops?: { gateway: string }[];
    }[]
  )
    .flatMap(({ gateway, nexthops = [] }) => [gateway ?? [], nexthops.map((hop) => hop.gateway)].flat())
    .sort();

/** The lines of README's preview, on this lab's network. */
function shownInReadme(): string[] {
  const readme = readFileSync(join(CHECKOUT, "README.md"), "utf8");
  const block = /```diff\n([^]*?)```/.exec(readme)?.[1] ?? "";
  const lines = block.split("\n").filter((line) => line.trim() !== "");
  expect(lines.length).toBeGreaterThan(5);
  return lines.map((line) => line.trim().replaceAll("10.10.10.", `${NETWORK}.`));
}

beforeAll(() => stack.init());
afterAll(() => stack.remove());

describe("refused before anything is created", () => {
  it("a prefix that a Docker network holds, with the command that moves the lab", async () => {
    await withNetwork(`${NETWORK}.128/25`, async () => {
      const { code, text } = await stack.pulumi(["up", "--yes"]);
      expect(code).not.toBe(0);
      expect(text).toMatch(new RegExp(`${NETWORK}\\.0/24 overlaps ${NETWORK}\\.128/25 of Docker network somebody-`));
      expect(text).toContain("pulumi config set network");
    });
    expect(await held()).toEqual({ containers: [], networks: [], volumes: [] });
  });

  it("a route of the host, as a VPN has one, with the same command", async ({ skip }) => {
    if (!inLabNamespace()) skip("the routes here are the machine's own, which no test changes");
    await withRoute("vpn0", "10.20.0.0/20", async () => {
      const { code, text } = await stack.pulumi(["up", "--yes"]);
      expect(code).not.toBe(0);
      expect(text).toContain(`${NETWORK}.0/24 overlaps the host's route 10.20.0.0/20 over vpn0`);
      expect(text).toContain("pulumi config set network");
    });
    expect(await held()).toEqual({ containers: [], networks: [], volumes: [] });
  });

  it("a speaker that is no node", async () => {
    await stack.succeeds("config", "set", "--path", "speakers[0]", "worker9");
    const { code, text } = await stack.pulumi(["up", "--yes"]);
    expect(code).not.toBe(0);
    expect(text).toContain('speakers.nodes[0]: found "worker9", expected a node of k01');
    expect(await held()).toEqual({ containers: [], networks: [], volumes: [] });
    await stack.succeeds("config", "rm", "speakers");
  });
});

describe("up", () => {
  it("makes the lab, and its outputs say what was forecast and what was answered", async () => {
    await stack.set("maximumPaths", "4");
    await stack.up();
    const outputs = await stack.outputs<{
      sessions: string[];
      routes: string[];
      summary: string;
      kubeconfig: string;
    }>();
    expect(outputs.sessions).toEqual([
      `k01-worker ${NETWORK}.11 - rack1-tor ${NETWORK}.1: up ebgp AS 65010 - 65001 ipv4`,
      `k01-worker2 ${NETWORK}.12 - rack1-tor ${NETWORK}.1: up ebgp AS 65010 - 65001 ipv4`,
    ]);
    expect(outputs.routes).toEqual([`rack1-tor 172.16.0.240/28: ebgp via ${SPEAKERS.join(" ")}, path 65010`]);
    expect(outputs.summary).toContain("http://172.16.0.241/ from rack1-tor: 200");
    expect(outputs.kubeconfig).toBe("[secret]");
  });

  it("leaves nothing to do: neither a preview nor a refresh sees a change", async () => {
    await stack.succeeds("preview", "--expect-no-changes");
    await stack.succeeds("refresh", "--yes", "--skip-preview", "--expect-no-changes");
    await stack.succeeds("preview", "--expect-no-changes");
  });

  it("leaves nothing to do for a second clone of the repository", async () => {
    const { code, text } = await stack.pulumi(["preview", "--expect-no-changes"], clone(stack.folder));
    expect(text).not.toMatch(/error/i);
    expect(code).toBe(0);
  });

  it("keeps no secret in the clear: neither state nor output holds a private key", async () => {
    const { text } = await stack.pulumi(["stack", "export"]);
    expect(text).toContain("k01-authority");
    expect(text).not.toMatch(/PRIVATE KEY|client-key-data/);
    expect(text).not.toContain(process.cwd());
  });
});

describe("changes", () => {
  it("maximumPaths 1: one line of the ToR and the gate, one next hop in the kernel; 4: two again", async () => {
    await stack.set("maximumPaths", "1");
    expect(await stack.plan()).toEqual([
      { op: "update", name: "live-gate" },
      { op: "update", name: "live-rack1-tor" },
    ]);
    await stack.up();
    expect(await nextHops()).toEqual([SPEAKERS[0]]);
    await stack.set("maximumPaths", "4");
    await stack.up();
    expect(await nextHops()).toEqual(SPEAKERS);
  });

  it("a label more: the node's labels and the gate, a line each gained, and no container touched", async () => {
    const before = await lives();
    for (const [index, name] of ["worker", "worker2", "worker3"].entries()) {
      await stack.succeeds("config", "set", "--path", `speakers[${index}]`, name);
    }
    expect(await stack.plan()).toEqual([
      { op: "update", name: "edge-worker3" },
      { op: "update", name: "live-gate" },
    ]);
    const { text } = await stack.pulumi(["preview", "--diff"]);
    for (const line of shownInReadme()) expect(text).toContain(line);
    expect(text).toContain(
      `+ [2]: "k01-worker3 ${NETWORK}.13 - rack1-tor ${NETWORK}.1: up ebgp AS 65010 - 65001 ipv4"`,
    );
    expect(text).toContain(`via ${SPEAKERS.join(" ")}, path 65010" => "rack1-tor`);
    await stack.up();
    expect(await nextHops()).toEqual([...SPEAKERS, `${NETWORK}.13`]);
    await stack.succeeds("config", "rm", "speakers");
    await stack.up();
    expect(await nextHops()).toEqual(SPEAKERS);
    expect(await lives()).toEqual(before);
  });

  it("a hand edit on the ToR: drift after a refresh, shown as the edited line, and repaired by up", async () => {
    await onTor(
      "vtysh",
      "-c",
      "configure terminal",
      "-c",
      "route-map k01-in permit 10",
      "-c",
      "set local-preference 50",
    );
    await stack.succeeds("refresh", "--yes", "--skip-preview");
    const { text } = await stack.pulumi(["preview", "--diff"]);
    expect(text).toMatch(/live-rack1-tor[^]*-\s+set local-preference 50/);
    await stack.up();
    expect(await onTor("vtysh", "-c", "show running-config")).not.toContain("local-preference");
    await stack.succeeds("refresh", "--yes", "--skip-preview", "--expect-no-changes");
  });

  it("a node's container removed by hand: made anew with its pods, and nothing else", async () => {
    const before = await lives();
    await removeContainer("k01-worker");
    await stack.succeeds("refresh", "--yes", "--skip-preview");
    expect((await stack.plan()).filter(({ op }) => op !== "update")).toEqual([{ op: "create", name: "k01-worker" }]);
    await stack.up();
    const after = await lives();
    const others = (lines: string[]) => lines.filter((line) => !line.includes("k01-worker "));
    expect(others(after)).toEqual(others(before));
    expect(await nextHops()).toEqual(SPEAKERS);
    await stack.succeeds("preview", "--expect-no-changes");
  });

  it("another stack on the same prefix is refused, by this stack's name", async () => {
    const other = new Stack("selective-other");
    try {
      await other.init();
      const { code, text } = await other.pulumi(["preview"]);
      expect(code).not.toBe(0);
      expect(text).toContain(`of stack bgpfabric/${STACK}`);
    } finally {
      await other.remove();
    }
  });
});

describe("destroy", () => {
  it("leaves no container, no network and no volume", async () => {
    await stack.succeeds("destroy", "--yes", "--skip-preview");
    expect(await held()).toEqual({ containers: [], networks: [], volumes: [] });
  });
});
