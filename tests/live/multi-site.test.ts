/**
 * Lab 004's two sites alive: real FRR in leaves and spines, a cluster with real BIRD in each site. It proves what crosses
 * between the sites, and that a service which both have is answered by the other when its own site's nodes are gone.
 */
import { describe, expect, it } from "vitest";
import { labOf, until } from "./stackLab";

const { inside, vty } = labOf("multi-site");
const ANYCAST = "10.97.0.0/28";
const SERVICE = "10.97.0.1";

interface Path {
  path: string;
  bestpath?: boolean | { overall?: boolean };
}

async function table(router: string): Promise<Record<string, Path[]>> {
  return (await vty<{ routes: Record<string, Path[]> }>(router, "show bgp ipv4 unicast json")).routes;
}

interface Peer {
  state: string;
  remoteAs: number;
  pfxRcd: number;
}

const peersOf = async (router: string) =>
  (await vty<{ peers: Record<string, Peer> }>(router, "show bgp ipv4 unicast summary json")).peers;

/** Next hops in the router's kernel. */
async function hops(router: string, prefix: string): Promise<string[]> {
  const [route] = JSON.parse((await inside(router, "ip", "-j", "route", "show", prefix)) || "[]") as {
    gateway?: string;
    nexthops?: { gateway: string }[];
  }[];
  return (route?.nexthops ?? (route === undefined ? [] : [route])).flatMap(({ gateway }) => gateway ?? []).sort();
}

/** The pod that answers the router at the service's address. */
async function answer(router: string): Promise<string> {
  const said = await inside(router, "curl", "-s", "-m", "3", `http://${SERVICE}/`);
  return /^(east|west)-web/.exec(said)?.[1] ?? said;
}

describe("between the sites", () => {
  it("each spine has one session, with the spine of its number, and four summaries and the service over it", async () => {
    for (const [spine, far, asn] of [
      ["east-spine-1", "198.18.240.2", 64520],
      ["east-spine-2", "198.18.240.10", 64520],
      ["west-spine-1", "198.18.240.1", 64510],
      ["west-spine-2", "198.18.240.9", 64510],
    ] as const) {
      const peer = (await peersOf(spine))[far];
      expect([spine, peer?.state, peer?.remoteAs, peer?.pfxRcd]).toEqual([spine, "Established", asn, 5]);
    }
  });

  it("only summaries cross: a ToR has the other site's ranges over both spines, and no block, rack or link of it", async () => {
    for (const [tor, own, ranges] of [
      ["east-rack-tor", "64510", ["10.2.0.0/16", "10.244.128.0/17", "10.96.128.0/17", "198.18.16.0/20"]],
      ["west-rack-tor", "64520", ["10.1.0.0/16", "10.244.0.0/17", "10.96.0.0/17", "198.18.0.0/20"]],
    ] as const) {
      const far = Object.entries(await table(tor)).filter(([, paths]) =>
        paths.every(({ path }) => path.split(" ").length > 1 && path.startsWith(own)),
      );
      const crossed = far.map(([prefix]) => prefix).filter((prefix) => !prefix.startsWith("198.18.240."));
      expect([tor, crossed.sort()]).toEqual([tor, [...ranges].sort()]);
      for (const range of ranges) expect([range, (await hops(tor, range)).length]).toEqual([range, 2]);
    }
  });

  it("a block is tagged 64510:100 and stays, a summary is tagged 64510:200", async () => {
    expect(await inside("east-spine-1", "vtysh", "-c", "show bgp ipv4 unicast 10.244.0.0/26")).toContain("64510:100");
    const summary = await inside("west-spine-1", "vtysh", "-c", "show bgp ipv4 unicast 10.244.0.0/17");
    expect(summary).toContain("64510:200");
    expect(summary).not.toContain("64510:100");
  });

  it("east prepends its ASN three times to the service, so that west is the nearer one for anybody else", async () => {
    const paths = (await table("west-spine-1"))[ANYCAST]?.map(({ path }) => path).sort();
    expect(paths).toEqual(["64510 64510 64510 64510 64511 64515", "64521 64525"]);
  });
});

describe("the service that both sites have", () => {
  it("is answered by the site where it is asked", async () => {
    expect([await answer("east-rack-tor"), await answer("west-rack-tor")]).toEqual(["east", "west"]);
  });

  it("is answered by west for east when the links of east's nodes are taken, and by east again when they are back", async () => {
    const nodes = ["east-cp", "east-worker"];
    const own = ["10.1.20.10", "10.1.20.11"];
    const links = await Promise.all(
      nodes.map(async (node, index) => {
        const [link] = JSON.parse(await inside(node, "ip", "-j", "address", "show", "to", own[index] ?? "")) as {
          ifname: string;
        }[];
        return link?.ifname ?? "";
      }),
    );
    const each = (state: string) =>
      Promise.all(nodes.map((node, index) => inside(node, "ip", "link", "set", links[index] ?? "", state)));
    expect(await hops("east-rack-tor", ANYCAST)).toEqual(own);
    await each("down");
    try {
      await until("east's ToR sends to the spines", 240, async () =>
        (await hops("east-rack-tor", ANYCAST)).every((hop) => hop.startsWith("198.18.")),
      );
      await until("west answers", 10, async () => (await answer("east-rack-tor")) === "west");
    } finally {
      await each("up");
      // A link that goes down takes its routes with it.
      await Promise.all(nodes.map((node) => inside(node, "ip", "route", "replace", "default", "via", "10.1.20.1")));
    }
    await until(
      "east's ToR sends to its own nodes",
      150,
      async () => JSON.stringify(await hops("east-rack-tor", ANYCAST)) === JSON.stringify(own),
    );
    await until("east answers", 10, async () => (await answer("east-rack-tor")) === "east");
  }, 480_000);

  const BOTH_WAYS: [router: string, prefix: string][] = [
    ["east-rack-tor", "10.244.128.0/17"],
    ["west-rack-tor", "10.244.0.0/17"],
    ["east-spine-1", "10.244.128.0/17"],
    ["west-spine-1", "10.244.0.0/17"],
  ];
  it("a link between the sites less is a way less for the spine, and none less for the ToR's packets", async () => {
    const shut = (word: string) =>
      inside(
        "east-spine-1",
        "vtysh",
        "-c",
        "configure terminal",
        "-c",
        "router bgp 64510",
        "-c",
        `${word}neighbor 198.18.240.2 shutdown`,
      );
    const ways = () => Promise.all(BOTH_WAYS.map(async (way) => (await hops(...way)).join()));
    const before = await ways();
    await shut("");
    try {
      await until("one spine is left", 20, async () => (await hops("east-rack-tor", "10.244.128.0/17")).length === 1);
      expect(await inside("east-rack-tor", "ping", "-c", "3", "-i", "0.2", "-W", "1", "10.2.20.10")).toContain(
        " 0% packet loss",
      );
    } finally {
      await shut("no ");
    }
    // Whoever looks next finds the network as it was: both ToRs, and the two spines of the link.
    await until("all ways are as before", 60, async () => (await ways()).join(" ") === before.join(" "));
  });
});
