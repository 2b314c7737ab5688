/**
 * EOS over eAPI against a switch of the tests' own: certificates, a push with its timer, what is shown before it, drift,
 * refusals, and what a lost connection does. It does not prove EOS: no switch with it has been asked.
 */
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Gate } from "../../components/live/gate";
import { eapi } from "../../components/live/reach/eapi";
import type { EapiReach } from "../../components/live/reach/reach";
import { RouterConfiguration, type RouterConfigurationInputs } from "../../components/live/routerConfiguration";
import { liveSystem } from "../../components/live/systems";
import { type Switch, eosSwitch } from "./switch";

let tor: Switch;
const eos = liveSystem("eos");

/** What somebody has configured by hand, before there was a program. */
const BY_HAND = [
  "hostname tor1",
  "vlan 10",
  "interface Ethernet1",
  "no switchport",
  "ip address 10.10.10.1/24",
  "ip prefix-list OSPF",
  "seq 10 permit 10.0.0.0/8",
  "route-map CONNECTED permit 10",
  "match ip address prefix-list OSPF",
  "router bgp 65001",
  "router-id 10.0.0.1",
  "neighbor 10.10.10.77 remote-as 65077",
  "neighbor 10.10.10.77 password 0 correct-horse-battery",
  "address-family evpn",
  "neighbor default encapsulation vxlan",
  "exit",
  "vrf RED",
  "rd 10.0.0.1:1",
];

beforeEach(async () => {
  tor = await eosSwitch();
  tor.byHand(...BY_HAND);
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});
afterEach(async () => {
  await tor.stop();
  vi.restoreAllMocks();
});

/** A configuration as the library writes it; `more` are lines of `router bgp`. */
const text = (more = "") => `! EOS-4.32
ip prefix-list k01-announced
   seq 10 permit 172.16.0.0/16 le 32
!
route-map k01-in permit 10
   match ip address prefix-list k01-announced
!
router bgp 65001
   router-id 10.0.0.1
   maximum-paths 4 ecmp 4
   bgp bestpath tie-break router-id
${more}   neighbor 10.10.10.9 remote-as 65009
   neighbor 10.10.10.9 password 0 another-password
   address-family ipv4
      neighbor 10.10.10.9 activate
      neighbor 10.10.10.9 route-map k01-in in
!
end
`;

const inputs = (changes: Partial<EapiReach> = {}, more = ""): RouterConfigurationInputs => ({
  reach: { ...tor.reach, ...changes },
  system: "eos",
  part: "bgp",
  overwrite: true,
  text: text(more),
});
const refusal = (work: Promise<unknown> | undefined) =>
  (work ?? Promise.resolve()).then(
    () => "no error",
    (error: Error) => error.message,
  );
const preview = async (one: RouterConfigurationInputs, olds = {}) => {
  const checked = await RouterConfiguration.check?.(olds, one);
  return { changes: checked?.inputs?.changes ?? [], failures: (checked?.failures ?? []).map(({ reason }) => reason) };
};
const create = async (one = inputs()) => (await RouterConfiguration.create(one)).outs;
const keep = () => eos?.configuration?.confirm(tor.reach);

describe("the certificate", () => {
  const version = (changes: Partial<EapiReach>) => refusal(eapi({ ...tor.reach, ...changes }).run(["show version"]));

  it("signed by the authority that is given is taken", async () => {
    expect(await version({})).toBe("no error");
  });

  it("signed by another authority is refused, with what to do", async () => {
    const { anotherAuthority: authority } = tor.certificates;
    expect(await version({ authority })).toMatch(
      /^https:\/\/127\.0\.0\.1:\d+: .*; give reach\.authority, .*or pin it by reach\.fingerprint/,
    );
    expect(tor.calls).toBe(0);
  });

  it("that is pinned is taken, whoever signed it", async () => {
    const { url, user, password } = tor.reach;
    const fingerprint = tor.certificates.fingerprint.toLowerCase().replaceAll(":", "");
    const pinned = eapi({ by: "eapi", url, user, password, fingerprint });
    expect(await refusal(pinned.run(["show version"]))).toBe("no error");
  });

  it("that is not the pinned one is refused before anything is sent, with both fingerprints", async () => {
    const { fingerprint, anotherFingerprint } = tor.certificates;
    const said = await version({ fingerprint: anotherFingerprint });
    expect(said).toContain(`the certificate is ${fingerprint}, and reach.fingerprint pins ${anotherFingerprint}`);
    expect(tor.calls).toBe(0);
  });

  it("does not matter over http: a password is never sent that way", async () => {
    expect(await version({ url: "http://127.0.0.1:1" })).toMatch(/eAPI is asked over https alone/);
  });

  it("and a wrong password are told apart, and the password is not in the message", async () => {
    const said = await version({ password: "wrong-password" });
    expect(said).toMatch(/the user or the password is refused/);
    expect(said).not.toContain("wrong-password");
  });
});

describe("a preview", () => {
  it("shows each line that a push would change, and changes nothing", async () => {
    const before = tor.running();
    const { changes, failures } = await preview(inputs());
    expect(failures).toEqual([]);
    expect(changes).toContain("+ router bgp 65001 / neighbor 10.10.10.9 remote-as 65009");
    expect(changes).toContain("- router bgp 65001 / neighbor 10.10.10.77 remote-as 65077");
    expect(changes.join("\n")).not.toMatch(/vrf RED|evpn|Ethernet1|OSPF|CONNECTED/);
    expect(tor.running()).toBe(before);
    expect(tor.sessions()).toEqual([]);
  });

  it("logs the difference in the switch's own words, without passwords", async () => {
    await preview(inputs());
    const said = vi.mocked(console.log).mock.calls.join("\n");
    expect(said).toContain("+   neighbor 10.10.10.9 remote-as 65009");
    expect(said).toContain("-   neighbor 10.10.10.77 remote-as 65077");
    expect(said).not.toMatch(/correct-horse|another-password/);
  });

  it("refuses to remove a neighbor that the program does not know, unless it is told to", async () => {
    const { failures } = await preview({ ...inputs(), overwrite: false });
    expect(failures[0]).toMatch(/it has neighbors that the program has not, 10\.10\.10\.77: .*overwrite: true/);
  });

  it("refuses another AS and another version", async () => {
    const other = text().replace("65001", "65002").replace("EOS-4.32", "EOS-4.28");
    const { failures } = await preview({ ...inputs(), text: other });
    expect(failures.join("\n")).toMatch(/the switch is AS 65001, and the program has AS 65002/);
    expect(failures.join("\n")).toMatch(/the switch runs EOS 4\.32, and the forecast is one of 4\.28/);
  });

  it("leaves no session behind, however often it is made", async () => {
    for (let round = 0; round < 8; round++) await preview(inputs());
    expect(tor.sessions()).toEqual([]);
  });
});

describe("a push", () => {
  it("changes BGP at once, leaves the rest, and is in the startup configuration when it is confirmed", async () => {
    await create();
    expect(tor.running()).toContain("neighbor 10.10.10.9 remote-as 65009");
    expect(tor.running()).not.toContain("10.10.10.77");
    for (const line of [
      "interface Ethernet1",
      "vlan 10",
      "   vrf RED",
      "      rd 10.0.0.1:1",
      "   address-family evpn",
      "route-map CONNECTED permit 10",
    ]) {
      expect(tor.running().split("\n")).toContain(line);
    }
    expect(tor.startup()).toBe("");
    await keep();
    expect(tor.startup()).toBe(tor.running());
    expect(tor.sessions()).toEqual([]);
  });

  it("saves what ran before the first one on the switch", async () => {
    const before = tor.running();
    await create();
    expect([...tor.flash].map(([name]) => name)).toEqual([expect.stringMatching(/^before-bgpfabric-.*\.cfg$/)]);
    expect([...tor.flash.values()]).toEqual([before]);
  });

  it("that is not confirmed is taken back by the switch, and a late confirmation says so", async () => {
    const before = tor.running();
    await create(inputs({ confirmWithin: 1 }));
    expect(tor.running()).not.toBe(before);
    await vi.waitUntil(() => tor.running() === before, { timeout: 5_000 });
    expect(await refusal(keep())).toMatch(
      /was not confirmed in time, and the switch has returned to the one before; run again/,
    );
    expect(tor.startup()).toBe("");
  });

  it("that is abandoned, as a gate that fails does, is taken back at once", async () => {
    const before = tor.running();
    await create();
    await eos?.configuration?.abandon(tor.reach);
    expect(tor.running()).toBe(before);
    expect(tor.sessions()).toEqual([]);
  });

  it("while another waits for its confirmation changes nothing and reports why", async () => {
    const outs = await create();
    const waits = tor.running();
    const again = RouterConfiguration.update?.("configuration", outs, inputs({}, "   dynamic peer max 9\n"));
    expect(await refusal(again)).toMatch(/another push to this switch waits for its confirmation; nothing was changed/);
    expect(tor.running()).toBe(waits);
    await keep();
  });

  it("of a line that EOS does not know names it, its number and the word, changes nothing, and leaves no session", async () => {
    const before = tor.running();
    const said = await refusal(create(inputs({}, "   bgp no-such-thing 5\n")));
    expect(said).toMatch(
      /EOS does not know "no-such-thing" in "bgp no-such-thing 5", line 12 of its configuration; nothing was changed/,
    );
    expect(tor.running()).toBe(before);
    expect(tor.sessions()).toEqual([]);
  });

  it("whose connection is lost during the commit returns by itself", async () => {
    const before = tor.running();
    let cuts = 1;
    tor.cutAt = (command) => command === "show running-config" && tor.running() !== before && cuts-- > 0;
    expect(await refusal(create(inputs({ confirmWithin: 1 })))).toMatch(/^https:\/\/127\.0\.0\.1:\d+: /);
    await vi.waitUntil(() => tor.running() === before, { timeout: 5_000 });
  });

  it("whose connection is lost before the commit changes nothing", async () => {
    const before = tor.running();
    tor.cutAt = (command) => command.includes(" commit timer ");
    expect(await refusal(create())).not.toBe("no error");
    await delay(50);
    expect(tor.running()).toBe(before);
    expect(tor.sessions()).toEqual([]);
  });
});

describe("drift", () => {
  const kept = async () => {
    const outs = await create();
    await keep();
    return outs;
  };
  const read = async (outs: Awaited<ReturnType<typeof kept>>) =>
    (await RouterConfiguration.read?.("configuration", outs))?.props.text;

  it("there is none after a push: the text reads back as it was written, and a preview has nothing to change", async () => {
    const outs = await kept();
    expect(await read(outs)).toBe(outs.text);
    expect(await preview(inputs(), outs)).toEqual({ changes: [], failures: [] });
  });

  it("a hand edit of BGP is that line alone, and the next push takes it back", async () => {
    const outs = await kept();
    tor.byHand("router bgp 65001", "neighbor 10.10.10.9 timers 5 15");
    expect(await read(outs)).toContain("neighbor 10.10.10.9 timers 5 15");
    expect((await preview(inputs(), outs)).changes).toEqual(["- router bgp 65001 / neighbor 10.10.10.9 timers 5 15"]);
    await RouterConfiguration.update?.("configuration", outs, inputs());
    expect(tor.running()).not.toContain("timers 5 15");
  });

  it("what somebody changes elsewhere is not the program's business", async () => {
    const outs = await kept();
    tor.byHand("interface Ethernet2", "description by hand");
    expect(await read(outs)).toBe(outs.text);
    expect((await preview(inputs(), outs)).changes).toEqual([]);
  });
});

it("destroy gives back what was there before the first push, and keeps what was changed by hand meanwhile", async () => {
  const before = tor.running();
  const outs = await create();
  await keep();
  const next = (await RouterConfiguration.update?.("configuration", outs, inputs({}, "   dynamic peer max 9\n")))?.outs;
  await keep();
  tor.byHand("interface Ethernet2", "description by hand");
  await RouterConfiguration.delete?.("configuration", next ?? outs);
  expect(tor.running()).toBe(
    before
      .replace("interface Ethernet1\n", "interface Ethernet1\n")
      .replace(/(interface Ethernet1\n(?: {3}.*\n)*!\n)/, "$1interface Ethernet2\n   description by hand\n!\n"),
  );
  expect(tor.startup()).toBe(tor.running());
});

describe("the gate", () => {
  const expected = (timeout = 2) => ({
    sessions: ["node9 10.10.10.9 - tor1 10.10.10.1: up ebgp AS 65009 - 65001 ipv4"],
    routes: ["tor1 172.16.0.240/28: ebgp via 10.10.10.9, path 65009, communities 65009:1 no-export"],
    speakers: [{ name: "tor1", system: "eos" as const, reach: tor.reach }],
    probes: [],
    timeout,
    pushes: ["one"],
  });

  it("sees the session and the route, and confirms the push", async () => {
    tor.world.established = (address, asn) => address === "10.10.10.9" && asn === 65009;
    tor.world.routes = [
      { prefix: "172.16.0.240/28", from: "10.10.10.9", asPath: "65009", communities: ["no-export", "65009:1"] },
    ];
    await create();
    await Gate.create(expected());
    expect(tor.startup()).toContain("neighbor 10.10.10.9 remote-as 65009");
    expect(tor.sessions()).toEqual([]);
  });

  it("aborts where the session does not come, and says in which state it is", async () => {
    const before = tor.running();
    await create();
    const said = await refusal(Gate.create(expected(0)));
    expect(said).toMatch(/\+ node9 10\.10\.10\.9 - tor1 10\.10\.10\.1: down \(tor1: Active\)/);
    expect(said).toMatch(/tor1 runs its configuration of before this change/);
    expect(tor.running()).toBe(before);
  });
});
