/** Who may configure a router over SSH besides root with a key: a user with sudo, and a key that only an agent holds. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { RouterConfiguration } from "../../components/live/routerConfiguration";
import type { SshReach } from "../../components/live/reach/reach";
import { liveSystem } from "../../components/live/systems";
import { type Router, router } from "./router";

let tor: Router;
beforeAll(async () => {
  tor = await router({ sudo: true });
});
afterAll(() => tor.stop());
afterEach(() => vi.unstubAllEnvs());

const text = (asn: number) => `frr version 8.4
frr defaults datacenter
!
router bgp ${asn}
 bgp router-id 10.10.10.1
 neighbor 10.10.10.9 remote-as 65009
exit
!
`;

async function pushes(reach: SshReach, asn: number): Promise<void> {
  const { outs } = await RouterConfiguration.create({
    reach,
    system: "frr",
    part: "bgp",
    overwrite: true,
    text: text(asn),
  });
  expect(tor.inside("vtysh", "-c", "show running-config")).toContain(`router bgp ${asn}`);
  await liveSystem("frr")?.configuration?.confirm(reach);
  expect(tor.inside("cat", "/etc/frr/frr.conf")).toContain(`router bgp ${asn}`);
  await RouterConfiguration.delete?.("configuration", outs);
  expect(tor.inside("vtysh", "-c", "show running-config")).not.toContain("router bgp");
}

describe("a user who is not root", () => {
  it("configures the router by sudo, confirms it, and takes it back", async () => {
    await pushes({ ...tor.reach, user: "admin", sudo: true }, 65001);
  });

  it("changes nothing without sudo, and the error is the router's own", async () => {
    const reach = { ...tor.reach, user: "admin" };
    const push = RouterConfiguration.create({ reach, system: "frr", part: "bgp", text: text(65002) });
    await expect(push).rejects.toThrow(/vtysh|permission/i);
    expect(tor.inside("vtysh", "-c", "show running-config")).not.toContain("router bgp");
  });
});

describe("a key that an agent holds", () => {
  const folder = mkdtempSync(join(tmpdir(), "bgpfabric-agent-"));
  const socket = join(folder, "agent");
  let agent: ChildProcess;

  beforeAll(async () => {
    agent = spawn(join(tor.programs, "ssh-agent"), ["-D", "-a", socket], { stdio: "ignore" });
    for (let tries = 0; !existsSync(socket) && tries < 100; tries++) await delay(50);
    const env = { ...process.env, SSH_AUTH_SOCK: socket };
    execFileSync(join(tor.programs, "ssh-add"), ["-q", "-"], { env, input: tor.reach.key ?? "" });
  });
  afterAll(() => {
    agent.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it("configures the router, and stands in no reach", async () => {
    vi.stubEnv("SSH_AUTH_SOCK", socket);
    const { key: _key, ...reach } = tor.reach;
    expect(_key).toBeDefined();
    await pushes(reach, 65003);
  });

  it("and no agent: said before anything is sent", async () => {
    vi.stubEnv("SSH_AUTH_SOCK", "");
    const { host, hostKey, user, port } = tor.reach;
    const reach = { by: "ssh" as const, host, hostKey, user, ...(port === undefined ? {} : { port }) };
    const push = RouterConfiguration.create({ reach, system: "frr", part: "bgp", text: text(65004) });
    await expect(push).rejects.toThrow(/no key is given, and no agent runs/);
  });
});
