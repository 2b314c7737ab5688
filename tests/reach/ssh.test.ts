/**
 * FRR 8.4 over OpenSSH, and what happens when something goes wrong on the way: each row is a fault and its outcome. It
 * proves the way, the timer and the check of what was taken; a switch of a vendor with FRR in it has not been tried.
 */
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { RouterConfiguration } from "../../components/live/routerConfiguration";
import type { SshReach } from "../../components/live/reach/reach";
import { sshShell } from "../../components/live/reach/ssh";
import { liveSystem } from "../../components/live/systems";
import { type Router, otherKey, processes, publicKeyOfAnother, router } from "./router";

let tor: Router;
const frr = liveSystem("frr");
const configuration = frr?.configuration;

beforeAll(async () => {
  tor = await router();
});
afterAll(async () => {
  await tor.stop();
});
afterEach(async () => {
  Object.assign(tor.line, { down: false, delay: 0 });
  await configuration?.abandon(tor.reach);
});

/** A configuration as the library writes it, with one neighbor and a value that differs from push to push. */
const text = (asn: number, more = "") => `frr defaults datacenter
hostname tor1
no ip forwarding
no ipv6 forwarding
service integrated-vtysh-config
!
ip prefix-list seen seq 5 permit 10.0.0.0/8 le 32
!
router bgp ${asn}
 bgp router-id 10.10.10.1
 neighbor 10.10.10.9 remote-as 65009
 neighbor 10.10.10.9 password correct-horse-battery
${more} address-family ipv4 unicast
  neighbor 10.10.10.9 prefix-list seen in
 exit-address-family
exit
`;

const push = (asn: number, changes: Partial<SshReach> = {}, more?: string) =>
  RouterConfiguration.create({ reach: { ...tor.reach, ...changes }, system: "frr", text: text(asn, more) });
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (error: Error) => error.message,
  );
const runs = () => tor.inside("vtysh", "-c", "show running-config");
const filed = () => tor.inside("cat", "/etc/frr/frr.conf");
const keep = (): Promise<void> => configuration?.confirm(tor.reach) ?? Promise.reject(new Error("no FRR"));
const until = async (what: string, holds: () => boolean, seconds = 60) => {
  const end = Date.now() + seconds * 1000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await delay(100);
  }
};

describe("a push over SSH", () => {
  it("changes what runs at once, and the router's file when it is confirmed", async () => {
    await push(65001);
    expect(runs()).toContain("router bgp 65001");
    expect(filed()).not.toContain("router bgp");
    await keep();
    expect(filed()).toBe(text(65001));
    expect(tor.inside("sh", "-c", "ls /run/bgpfabric; pgrep -c sleep || true")).not.toContain("pending");
  });

  it("leaves what ran before the first push in a file of its own", () => {
    const saved = tor.inside("cat", "/etc/frr/frr.conf.before-bgpfabric");
    expect(saved).toContain("hostname tor1");
    expect(saved).not.toContain("router bgp");
  });

  it("reads back as the program's text, and a hand edit as that edit alone", async () => {
    const props = { reach: tor.reach, system: "frr", text: text(65001) } as const;
    expect((await RouterConfiguration.read?.("configuration", props))?.props.text).toBe(text(65001));
    tor.inside("vtysh", "-c", "configure", "-c", "router bgp 65001", "-c", "bgp listen limit 7");
    expect((await RouterConfiguration.read?.("configuration", props))?.props.text).toBe(
      text(65001).replace("router bgp 65001", "router bgp 65001\n bgp listen limit 7"),
    );
    await push(65001);
    await keep();
    expect(runs()).not.toContain("listen limit");
  });

  it("is observed the same way: the session that waits for its neighbor", async () => {
    const seen = await frr?.observe(tor.reach, "tor1");
    expect(seen?.sessions).toMatchObject([{ peer: "10.10.10.9", peerAsn: 65009, up: false }]);
  });

  it("shares one connection among programs that run at once", async () => {
    await delay(2_500);
    const before = tor.line.opened;
    const shell = sshShell(tor.reach);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => shell.run(["echo", `it's $HOME ${index}`])),
    );
    expect(answers.map(({ stdout }) => stdout)).toEqual(answers.map((_, index) => `it's $HOME ${index}\n`));
    expect(tor.line.opened - before).toBe(1);
  });
});

describe("faults", () => {
  it("another host key: refused before anything is sent, with both fingerprints", async () => {
    const said = await refusal(push(65002, { hostKey: publicKeyOfAnother(tor) }));
    expect(said).toMatch(/the host key is ssh-ed25519 SHA256:\S+, and reach\.hostKey pins SHA256:\S+: another machine/);
    expect(runs()).toContain("router bgp 65001");
  });

  it("a key that the router does not know: refused, and the key is not in the message", async () => {
    const key = otherKey(tor);
    const said = await refusal(push(65002, { key }));
    expect(said).toMatch(/All configured authentication methods failed/);
    expect(said).not.toContain(key.split("\n")[1]);
  });

  it("a key that is none: said so, without its text", async () => {
    const said = await refusal(push(65002, { key: "secret-but-no-key" }));
    expect(said).toMatch(/privateKey/);
    expect(said).not.toContain("secret-but-no-key");
  });

  it("no connection before the push: an error, and a refresh is an error too and no drift", async () => {
    await delay(2_500);
    tor.line.down = true;
    expect(await refusal(push(65002))).toMatch(/^root@127\.0\.0\.1:/);
    const read = RouterConfiguration.read?.("configuration", { reach: tor.reach, system: "frr", text: text(65001) });
    expect(await refusal(Promise.resolve(read))).toMatch(/^root@127\.0\.0\.1:/);
  });

  it("the connection lost during the reload, for good: the router returns by itself, its file untouched", async () => {
    const pushing = refusal(push(65002, { confirmWithin: 12 }));
    await until(
      "the reload is under way",
      () => tor.inside("sh", "-c", "pgrep -f ^python3.*frr-reload.py.--reload || true") !== "",
    );
    tor.line.down = true;
    tor.line.cut();
    expect(await pushing).toMatch(/returns by itself to its earlier configuration, 12 s after the push began/);
    await until("the earlier configuration runs", () => /router bgp 65001/.test(runs()));
    expect(filed()).toBe(text(65001));
  });

  it("the connection lost for a moment during the reload: taken back at once, and said", async () => {
    const pushing = refusal(push(65002));
    await until(
      "the reload is under way",
      () => tor.inside("sh", "-c", "pgrep -f ^python3.*frr-reload.py.--reload || true") !== "",
    );
    tor.line.cut();
    expect(await pushing).toMatch(/runs its earlier configuration again/);
    expect(runs()).toContain("router bgp 65001");
  });

  it("the connection lost after the reload, so that nothing confirms: back after the time, and a late confirmation says so", async () => {
    await push(65002, { confirmWithin: 12 });
    expect(runs()).toContain("router bgp 65002");
    tor.line.cut();
    await until("the earlier configuration runs", () => /router bgp 65001/.test(runs()));
    await until("the return has ended", () => !tor.inside("ls", "/run/bgpfabric").includes("returning"));
    expect(await refusal(keep())).toMatch(/not confirmed in time.*run again with --refresh/);
    expect(filed()).toBe(text(65001));
  });

  it("two pushes at once: one goes through, the other changes nothing and says why", async () => {
    const both = await Promise.all([refusal(push(65003)), refusal(push(65004, { confirmWithin: 170 }))]);
    expect(both.filter((one) => one === "no error")).toHaveLength(1);
    expect(both.find((one) => one !== "no error")).toMatch(/another push to this router waits for its confirmation/);
    expect(runs()).toMatch(both[0] === "no error" ? /router bgp 65003/ : /router bgp 65004/);
  });

  it("a slow link, 300 ms each way: the push goes through", async () => {
    tor.line.delay = 300;
    await push(65005);
    await keep();
    expect(filed()).toBe(text(65005));
    // A line that becomes faster would put later bytes before earlier ones: what follows gets a connection of its own.
    await delay(2_500);
    tor.line.delay = 0;
    await push(65001);
    await keep();
  });

  it("a router that takes only half: taken back, with the line that it refused and without the password", async () => {
    const said = await refusal(push(65002, {}, " bgp no-such-thing 5\n"));
    expect(said).toMatch(/runs its earlier configuration again/);
    expect(said).toContain("no-such-thing");
    expect(said).not.toContain("correct-horse-battery");
    expect(runs()).toContain("router bgp 65001");
    expect(filed()).toBe(text(65001));
  });

  it("abandoned after the push, as a gate that fails does: what ran before runs again", async () => {
    await push(65002);
    await configuration?.abandon(tor.reach);
    expect(runs()).toContain("router bgp 65001");
  });
});

it("no password and no key stands in any process's arguments while a push is under way", async () => {
  const pushing = push(65006);
  let seen = "";
  const watching = { on: true };
  const watch = (async () => {
    while (watching.on) {
      seen += processes();
      await delay(50);
    }
  })();
  await pushing;
  watching.on = false;
  await watch;
  expect(seen).toContain("frr-reload.py");
  expect(seen).not.toContain("correct-horse-battery");
  expect(seen).not.toContain(tor.reach.key?.split("\n")[1]);
});
