/** What the gate says beside each difference: the likely cause, from what the speakers themselves show. */
import { describe, expect, it } from "vitest";
import { differences } from "../../components/live/causes";
import { progress, withoutDoubts } from "../../components/live/gate";
import type { Route } from "../../components/forecast/route";
import { troubleIn } from "../../components/live/systems/tcpPasswords";
import {
  type LiveSession,
  type PasswordTrouble,
  established,
  liveRouteLines,
  liveSessionLines,
} from "../../components/live/observation";

const W1 = "k01-worker 10.10.10.11 - rack1-tor 10.10.10.1: up ebgp AS 65010 - 65001 ipv4";
const W2 = "k01-worker2 10.10.10.12 - rack1-tor 10.10.10.1: up ebgp AS 65010 - 65001 ipv4";
const BOTH = "rack1-tor 172.16.0.240/28: ebgp via 10.10.10.11 10.10.10.12, path 65010";
const ONE = "rack1-tor 172.16.0.240/28: ebgp via 10.10.10.11, path 65010";

function view(speaker: string, peer: string, state = "Established", last?: string): LiveSession {
  const known = last === undefined ? {} : { last };
  return { speaker, peer, peerAsn: 65010, up: state === "Established", state, ...known };
}

const healthy = [
  view("rack1-tor", "10.10.10.11"),
  view("rack1-tor", "10.10.10.12"),
  view("k01-worker", "10.10.10.1"),
  view("k01-worker2", "10.10.10.1"),
];

interface Given {
  views?: LiveSession[];
  forecast?: { sessions?: string[]; routes?: string[] };
  routes?: string[];
  passwords?: Map<string, PasswordTrouble>;
}

function said({ views = healthy, forecast: given = {}, routes = [BOTH], passwords = new Map() }: Given): string[] {
  const forecast = { sessions: [W1, W2], routes: [BOTH], ...given };
  const sessions = liveSessionLines(forecast.sessions, views, ["rack1-tor", "k01-worker", "k01-worker2"]);
  return differences({ forecast, live: { sessions, routes }, views, passwords });
}

describe("a network as forecast", () => {
  it("has no difference", () => {
    expect(said({})).toEqual([]);
  });
});

describe("a session that is down", () => {
  const withWorker2 = (router: LiveSession, node: LiveSession) =>
    [healthy[0], healthy[2], router, node].flatMap((one) => one ?? []);

  // The texts are FRR's (8.4), BIRD's (1.6.8) and GoBGP's (3.10).
  it.each([
    ["OPEN Message Error/Bad Peer AS", /AS number that one end expects/],
    ["Received: Bad peer AS: 65099", /AS number that one end expects/],
    ["Hold Timer Expired", /no keepalive arrived within the hold time/],
    ["Cease/Maximum Number of Prefixes Reached", /more prefixes arrived than the limit/],
    ["Cease/Administratively Shutdown", /shut down on one end/],
    ["OPEN Message Error/Authentication Failure", /compare the passwords of both/],
    ["OPEN Message Error/Unsupported Capability", /do not agree on a capability/],
    ["Cease/Connection Rejected", /does not know this neighbor/],
    ["Socket: No route to host", /no route to the other end/],
    ["Socket: Connection refused", /nothing listens on port 179/],
  ])("last notification %s", (last, cause) => {
    const lines = said({
      views: withWorker2(view("rack1-tor", "10.10.10.12", "Idle", last), view("k01-worker2", "10.10.10.1", "Active")),
    });
    expect(lines[0]).toBe(`- ${W2}`);
    expect(lines[1]).toMatch(cause);
    expect(lines[2]).toContain(`last ${last}`);
  });

  it("one end has no such neighbor", () => {
    const lines = said({
      routes: [ONE],
      views: healthy
        .filter(({ speaker, peer }) => speaker !== "rack1-tor" || peer !== "10.10.10.12")
        .map((one) => (one.speaker === "k01-worker2" ? view("k01-worker2", "10.10.10.1", "Connect") : one)),
    });
    expect(lines[1]).toContain("rack1-tor has no neighbor 10.10.10.12 and no range that holds it; or it listens");
    const route = lines.indexOf(`- ${BOTH}`);
    expect(lines[route + 1]).toBe("    likely: its session with 10.10.10.12 is not established");
  });

  it("no TCP connection and no word", () => {
    const lines = said({
      views: withWorker2(view("rack1-tor", "10.10.10.12", "Active"), view("k01-worker2", "10.10.10.1", "Connect")),
    });
    expect(lines[1]).toContain(
      "no TCP connection to 10.10.10.1: no route to it, port 179 closed on the way, or a password",
    );
  });

  // Names of /proc/net/netstat; what each counts is in Linux' tcp_inbound_md5_hash.
  it.each([
    [
      "TCPMD5NotFound TCPMD5Unexpected TCPMD5Failure",
      "0 0 12",
      "the passwords of the two ends differ: rack1-tor drops",
    ],
    [
      "TCPMD5NotFound TCPMD5Unexpected TCPMD5Failure",
      "5 0 0",
      "rack1-tor has a password for this session and the other",
    ],
    [
      "TCPMD5NotFound TCPMD5Unexpected TCPMD5Failure",
      "0 3 0",
      "the other end has a password for this session and rack1",
    ],
    ["TCPMD5NotFound TCPMD5Unexpected TCPMD5Failure", "0 0 0", "rack1-tor has no neighbor 10.10.10.12 and no range"],
  ])("the router's kernel counts %s: %s", (names, values, cause) => {
    const trouble = troubleIn(`TcpExt: SyncookiesSent ${names}\nTcpExt: 0 ${values}\nIpExt: InNoRoutes\nIpExt: 7\n`);
    const views = healthy
      .filter(({ speaker, peer }) => speaker !== "rack1-tor" || peer !== "10.10.10.12")
      .map((one) => (one.speaker === "k01-worker2" ? view("k01-worker2", "10.10.10.1", "Connect") : one));
    const passwords = new Map(trouble === undefined ? [] : [["rack1-tor", trouble]]);
    expect(said({ views, routes: [ONE], passwords })[1]).toContain(cause);
  });

  it("is up although the forecast has it down", () => {
    const down = "k01-worker2 10.10.10.12 - rack1-tor 10.10.10.1: down (remote-as at rack1-tor) ebgp AS 65010 - 65001";
    expect(said({ forecast: { sessions: [W1, down] } })[1]).toContain("down for remote-as at rack1-tor");
  });
});

describe("a route that is not as forecast", () => {
  it("lacks a next hop, whose session is down", () => {
    const views = healthy.map((one) => (one.peer === "10.10.10.12" ? view("rack1-tor", "10.10.10.12", "Active") : one));
    const lines = said({ views, routes: [ONE] });
    expect(lines[lines.indexOf(`- ${BOTH}`) + 1]).toBe("    likely: its session with 10.10.10.12 is Active");
    expect(lines.at(-1)).toBe(`+ ${ONE}`);
  });

  it("lacks a next hop, whose session is up: its owner does not announce it, or it is refused", () => {
    const [, cause] = said({ routes: [ONE] });
    expect(cause).toBe("    likely: k01-worker2 (10.10.10.12) does not announce it, or rack1-tor refuses it");
  });

  it("its owner has routes and not this one", () => {
    const other = "k01-worker2 10.0.0.0/8: ebgp via 10.10.10.1, path 65001";
    const [, cause] = said({ forecast: { routes: [BOTH, other] }, routes: [ONE, other] });
    expect(cause).toBe("    likely: k01-worker2 (10.10.10.12) does not have the prefix itself");
  });

  it("differs in an attribute alone", () => {
    const other = BOTH.replace("path 65010", "path 65010, med 5");
    expect(said({ routes: [other] })).toEqual([
      `- ${BOTH}`,
      "    likely: next hops are as forecast; an attribute differs, see the line with +",
      `+ ${other}`,
    ]);
  });

  it("is there and should not be", () => {
    const more = "rack1-tor 192.168.0.64/26: ebgp via 10.10.10.11, path 65010";
    expect(said({ routes: [BOTH, more] })).toEqual([
      `+ ${more}`,
      "    likely: k01-worker announces it, which nothing in the program says",
    ]);
  });
});

describe("routes at nodes", () => {
  it("that the forecast leaves open are not compared, all others are", () => {
    const open = "n1 10.1.0.0/26: ibgp via 10.0.0.1; only age decides the best path";
    const firm = "n1 10.2.0.0/26: ibgp via 10.0.0.1";
    const other = "n1 10.1.0.0/26: ibgp via 10.0.0.2";
    expect(withoutDoubts([open, firm], [other, firm])).toEqual({ forecast: [firm], live: [firm] });
  });
});

describe("while the gate waits", () => {
  it("a line says what is missing, without the causes", () => {
    expect(progress(["- a: up", "    likely: x", "- b: up"], 10)).toBe("the gate waits, 10 s: - a: up, and 1 more");
  });

  it("sessions count as established when every end that can be asked says so", () => {
    const down = liveSessionLines([W1, W2], healthy.slice(0, 3), ["rack1-tor", "k01-worker", "k01-worker2"]);
    expect([established([W1, W2], [W1, W2]), established([W1, W2], down)]).toEqual([2, 1]);
  });
});

describe("a route of the router's own", () => {
  // FRR 8.4's table and EOS's alike: next hop 0.0.0.0, and nothing about redistribution or aggregates.
  const own: Route = {
    ...{ speaker: "tor1", prefix: "10.1.20.0/26", state: "used", kind: "local", nextHops: [], asPath: [] },
    ...{ localPreference: 100, origin: "incomplete", communities: [], largeCommunities: [] },
  } as unknown as Route;
  const forecast = "tor1 10.1.20.0/26: local connected, origin incomplete";

  it("is as forecast however it came to be, because no table says that", () => {
    expect(liveRouteLines([forecast], [own])).toEqual([forecast]);
  });

  it("of another origin is not", () => {
    expect(liveRouteLines([forecast], [{ ...own, origin: "igp" }])).toEqual(["tor1 10.1.20.0/26: local"]);
  });

  it("is not what a session was to bring", () => {
    const learned = "tor1 10.1.20.0/26: ebgp via 10.0.0.1, path 65001, origin incomplete";
    expect(liveRouteLines([learned], [own])).toEqual(["tor1 10.1.20.0/26: local, origin incomplete"]);
  });
});
