/**
 * A router that exists: its plan is what the program knows of it, its segments among them, and the BGP that the parts want
 * of it. Its interfaces and static routes are facts for the forecast, and never written.
 */
import type { DialectRef, Speaker, StaticRoute } from "../bgp/network";
import type { Fault } from "../model/errors";
import { familyOf } from "../model/address";
import { type Prefix, overlaps } from "../model/prefix";
import { Arguments } from "./arguments";
import type { Planned, RackFacts, RouterFacts } from "./facts";
import { type EachFamily, both, eachAddress, eachFamily, titleOf } from "./families";
import {
  type RouterPort,
  type RouterSettings,
  portAddresses,
  portFits,
  portOn,
  routerIdFits,
  routerPlan,
  settingsFit,
} from "./router";
import { prefixesOf, segmentPrefix } from "./segment";

/** A segment that stands at the router already: a VLAN with nodes, or a link to another router. */
export interface ExistingSegment {
  /** Its prefix as the router has it, or one of each family. @example "10.10.10.0/24" @example ["10.10.10.0/24", "fd00:10::/64"] */
  prefix: EachFamily;
  /** The router's own address on it, of each family that it has. @example "10.10.10.1" @example ["10.10.10.1", "fd00:10::1"] */
  address: EachFamily;
  /** The router's interface. It is not configured. @example "Vlan10" */
  interface: string;
  /** Name of the segment; two routers that name the same one stand on it both. @default the router's name, with a number behind it where there are several */
  name?: string;
  /** Addresses that no node may have: other routers and hosts on it. @default none @example ["10.10.10.2"] */
  reserved?: readonly string[];
}

export interface ExistingRouterSpec extends Omit<RouterSettings, "os" | "version"> {
  /** What it runs. @example "frr" */
  os: "frr" | "eos";
  /** Version of it, as the forecast needs to know it; a push compares. @example "8.4" for FRR, "4.32" for EOS */
  version: string;
  /** FRR's defaults: what `show running-config` has after "frr defaults". @default "traditional" */
  profile?: "traditional" | "datacenter";
  /** The segments that it stands on. */
  segments: readonly ExistingSegment[];
  /** Static routes that it has, for the forecast: next hops that they resolve. They are not written. @default none */
  routes?: readonly StaticRoute[];
  /** The rack whose segments these are. @default the router's name */
  rack?: string;
  /**
   * Whether the first push may remove neighbors that the router has and the program has not. @default false: such a push
   * is refused, naming them
   */
  overwrite?: boolean;
}

export interface ExistingRouterPlan extends RouterFacts, Planned {
  readonly system: "frr" | "eos";
  readonly speaker: Speaker;
  /** The router and its segments, as a rack that nodes can stand in. */
  readonly inRack: RackFacts;
}

/** Digits that a forecast knows a version by: "8.4", "4.32". */
const VERSION = /^[0-9]+\.[0-9]+$/;

/** `known` is what is wrong with the way to it. */
export function planExistingRouter(
  name: string,
  args: ExistingRouterSpec,
  known: readonly Fault[] = [],
): ExistingRouterPlan {
  const check = new Arguments(`new ExistingRouter("${name}")`);
  for (const fault of known) check.add(fault);
  const { os, version, profile, rack = name, ...settings } = args;
  if (os !== "frr" && os !== "eos") {
    const fix = "a container of another system is new Router(...)";
    check.add({ path: "os", found: String(os), expected: '"frr" or "eos"', fix });
  }
  if (!VERSION.test(version)) {
    const fix = "the first two numbers of what `show version` prints";
    check.add({ path: "version", found: version, expected: 'two numbers, "8.4"', fix });
  }
  if (os === "eos" && profile !== undefined) {
    check.add({ path: "profile", found: profile, expected: "nothing: EOS has no profiles of defaults" });
  }
  if (args.segments.length === 0) {
    const fix = 'for example [{ prefix: "10.10.10.0/24", address: "10.10.10.1", interface: "Vlan10" }]';
    check.add({ path: "segments", found: "", expected: "at least one segment", fix });
  }
  settingsFit({ ...settings, os: "frr" }, "", check);
  const places = args.segments.map((segment, index) => placed(name, args, segment, index, check));
  apart(places, check);
  const ports = places.filter((one): one is RouterPort => one.prefix !== undefined && one.address !== undefined);
  routerIdFits(name, settings, ports, "routerId", check);
  check.done();

  const planned = routerPlan(name, { ...settings, os: "frr" }, ports, rack);
  const dialect: DialectRef = { system: os, version, ...(os === "frr" ? { profile: profile ?? "traditional" } : {}) };
  const speaker: Speaker = {
    ...planned.speaker,
    dialect,
    interfaces: [
      ...planned.speaker.interfaces.filter(({ segment }) => segment === undefined),
      ...ports.map((port, index) => ({
        name: args.segments[index]?.interface ?? "",
        segment: port.segment,
        addresses: portAddresses(port),
      })),
    ],
    ...(args.routes === undefined ? {} : { routes: [...args.routes] }),
  };
  const facts: RouterFacts = { ...planned.facts, system: os };
  const segments = ports.map(({ segment, prefix, prefix6, address, address6 }, index) => ({
    name: segment,
    prefix,
    ...(prefix6 === undefined ? {} : { prefix6 }),
    reserved: [...both<string>(address, address6), ...(args.segments[index]?.reserved ?? [])],
  }));
  return {
    ...facts,
    system: os,
    speaker,
    inRack: { name: rack, rack, segments, router: facts },
    network: {
      segments: segments.map((segment) => ({ name: segment.name, prefixes: prefixesOf(segment) })),
      speakers: [speaker],
    },
    routers: [facts],
  };
}

function placed(
  router: string,
  { segments }: ExistingRouterSpec,
  { prefix: given, address: own, interface: port, name, reserved = [] }: ExistingSegment,
  index: number,
  check: Arguments,
): Partial<RouterPort> {
  const path = `segments[${index}]`;
  const prefixes = eachFamily(given, `${path}.prefix`, check).flatMap(
    ({ text, path: at }) => (isLink(text) ? check.prefix(text, at) : segmentPrefix(text, at, check)) ?? [],
  );
  const addresses = eachAddress(own, `${path}.address`, check);
  for (const [number, taken] of reserved.entries()) check.address(taken, `${path}.reserved[${number}]`);
  if (!/^[A-Za-z][A-Za-z0-9_./:-]*$/.test(port)) {
    check.add({
      path: `${path}.interface`,
      found: port,
      expected: "a name of an interface",
      fix: 'for example "eth1"',
    });
  }
  const segment = name ?? (segments.length === 1 ? router : `${router}-${index + 1}`);
  if (prefixes.length === 0 || addresses.length === 0) return { segment };
  for (const family of prefixes.map(familyOf)) {
    // What the router has is told, not guessed.
    if (addresses.some(({ address }) => familyOf(address) === family)) continue;
    const found = [own].flat().join(", ");
    check.add({
      path: `${path}.address`,
      found,
      expected: `its ${titleOf(family)} address too: the prefix is of both`,
    });
  }
  const placed = portOn(segment, prefixes, addresses);
  portFits(placed, `${path}.address`, check);
  return placed;
}

/** Links between routers hold no nodes, and are most often as small as two addresses. */
function isLink(prefix: string): boolean {
  return /\.\d+\/3[01]$|:\S*\/12[67]$/.test(prefix);
}

function apart(places: readonly Partial<RouterPort>[], check: Arguments): void {
  const own = ({ prefix, prefix6 }: Partial<RouterPort>): Prefix[] => both(prefix, prefix6);
  places.forEach((place, index) => {
    const { segment } = place;
    const earlier = places.slice(0, index);
    for (const prefix of own(place)) {
      const other = earlier.findIndex((one) => own(one).some((taken) => overlaps(taken, prefix)));
      if (other < 0) continue;
      const taken = own(places[other] ?? {}).find((one) => overlaps(one, prefix)) ?? "";
      const expected = `a prefix apart from segments[${other}], ${taken}`;
      check.add({ path: `segments[${index}].prefix`, found: prefix, expected });
    }
    const same = earlier.findIndex((one) => one.segment === segment);
    if (same >= 0) {
      check.add({
        path: `segments[${index}].name`,
        found: segment ?? "",
        expected: `a name of its own: segments[${same}] has it`,
      });
    }
  });
}
