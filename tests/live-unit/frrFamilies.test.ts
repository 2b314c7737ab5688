/** What FRR 8.4.4 showed of both families and of unnumbered links, cut to what the gate reads, as sessions and routes. */
import { expect, it } from "vitest";
import { routeLine } from "../../components/forecast/lines";
import { liveSessionLines } from "../../components/live/observation";
import type { Shell } from "../../components/live/shell";
import { frr } from "../../components/live/systems/frr";

const said = (answers: Record<string, unknown>): Shell => ({
  name: "router",
  run: ([, , command = ""]) => Promise.resolve({ code: 0, stdout: JSON.stringify(answers[command] ?? {}), stderr: "" }),
});
const up = (remoteAs: number, localAs: number) => ({ remoteAs, localAs, state: "Established" });
const path = (peerId: string, nexthops: object[], more: object) => ({
  ...{ valid: true, pathFrom: "external", weight: 0, peerId, path: "65010", origin: "IGP", nexthops },
  ...more,
});
const best = { paths: [{ bestpath: { overall: true } }] };

it("sessions and routes of IPv6 stand beside those of IPv4, by the addresses that were announced", async () => {
  const peers = {
    "10.10.10.11": up(65010, 65001),
    // A dynamic neighbor of IPv6 stands in the summary of IPv4 too.
    "fd00:10::11": up(65010, 65001),
  };
  const hop = (ip: string) => [{ ip, afi: "ipv6", scope: "global", used: true }];
  const kernel = (ip: string) => ({ fib: true, ip, afi: "ipv6", interfaceName: "rack1", active: true });
  const { sessions, routes } = await frr.observe(
    said({
      "show bgp summary json": {
        ipv4Unicast: { peers },
        ipv6Unicast: { peers: { "fd00:10::11": up(65010, 65001), "fd00:10::12": up(65010, 65001) } },
      },
      "show bgp neighbors json": { "fd00:10::11": { hostLocal: "fd00:10::1" } },
      "show bgp ipv6 unicast json": {
        routes: {
          "fd00:172:16::/124": [
            path("fd00:10::11", hop("fd00:10::11"), { bestpath: true }),
            path("fd00:10::12", hop("fd00:10::12"), { multipath: true }),
          ],
        },
      },
      "show bgp ipv6 unicast fd00:172:16::/124 json": best,
      "show ipv6 route json": {
        "fd00:172:16::/124": [
          {
            protocol: "bgp",
            selected: true,
            installed: true,
            nexthops: [kernel("fd00:10::11"), kernel("fd00:10::12")],
          },
        ],
      },
    }),
    "rack1-tor",
  );
  expect(sessions.map(({ peer, address, up: is }) => [peer, address, is])).toEqual([
    ["fd00:10::11", "fd00:10::1", true],
    ["fd00:10::12", undefined, true],
    ["10.10.10.11", undefined, true],
  ]);
  expect(routes.map(routeLine)).toEqual(["rack1-tor fd00:172:16::/124: ebgp via fd00:10::11 fd00:10::12, path 65010"]);
});

it("over an unnumbered link the interface is neighbor and next hop, of IPv4 routes too", async () => {
  const local = "fe80::42:c6ff:fe12:1";
  const hop = [{ ip: local, afi: "ipv6", scope: "link-local", used: true }];
  const { sessions, routes } = await frr.observe(
    said({
      "show bgp summary json": { ipv4Unicast: { peers: { "rack1--spine1": up(65000, 64601) } } },
      "show bgp ipv4 unicast json": {
        routes: { "10.0.2.0/24": [path("rack1--spine1", hop, { bestpath: true, path: "65000 64602" })] },
      },
      "show bgp ipv4 unicast 10.0.2.0/24 json": best,
      "show ip route json": {
        "10.0.2.0/24": [
          {
            protocol: "bgp",
            selected: true,
            nexthops: [{ fib: true, ip: local, afi: "ipv6", interfaceName: "rack1--spine1", active: true }],
          },
        ],
      },
    }),
    "rack1-tor",
  );
  expect(routes.map(routeLine)).toEqual(["rack1-tor 10.0.2.0/24: ebgp via interface%rack1--spine1, path 65000 64602"]);
  const forecast = [
    "rack1-tor interface%rack1--spine1 - spine1 interface%rack1--spine1: up ebgp AS 64601 - 65000 ipv4+ipv6",
  ];
  expect(liveSessionLines(forecast, sessions, ["rack1-tor"])).toEqual(forecast);
});
