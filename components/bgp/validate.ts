/**
 * Is this value a Network, and could it be one that runs? All faults of it at once, each with its path. What is legal
 * and unwise is a finding of the forecast's rules, not a fault here.
 */
import type { ErrorObject } from "ajv";
import { familyOf, parseAddress } from "../model/address";
import { isReserved } from "../model/asn";
import { fail, ok, type Fault, type Result } from "../model/errors";
import { containsAddress, parseInterfaceAddress, parsePrefix, type Prefix } from "../model/prefix";
import { calledBy } from "./calls";
import type { Network, Policy, Speaker } from "./network";
import { shapeErrors } from "./networkShape";

export function validateNetwork(value: unknown): Result<Network> {
  const errors = shapeErrors(value);
  if (errors.length > 0) return fail(...shapeFaults(errors));
  const network = value as Network;
  const check = new Check(network);
  check.all();
  return check.faults.length > 0 ? fail(...check.faults) : ok(network);
}

/** An anyOf reports each of its branches; the one line that says what is wrong is enough. */
function shapeFaults(errors: readonly ErrorObject[]): Fault[] {
  const faults = new Map<string, Fault>();
  for (const error of errors) {
    if (error.keyword === "anyOf" && errors.some((other) => other !== error && deeper(other, error))) continue;
    const path = dotted(error.instancePath);
    const fault = shapeFault(error, path);
    const key = `${fault.path} ${fault.expected}`;
    if (!faults.has(key)) faults.set(key, fault);
  }
  return [...faults.values()];
}

const deeper = (a: ErrorObject, b: ErrorObject): boolean =>
  a.instancePath.length > b.instancePath.length && a.instancePath.startsWith(b.instancePath);

function shapeFault(error: ErrorObject, path: string): Fault {
  const found = short(error.data);
  switch (error.keyword) {
    case "additionalProperties": {
      const field = String((error.params as { additionalProperty: string }).additionalProperty);
      return { path: join(path, field), found: field, expected: "a field of a Network: none here has that name" };
    }
    case "required": {
      const field = String((error.params as { missingProperty: string }).missingProperty);
      return { path: join(path, field), found: "", expected: "a value" };
    }
    case "enum":
      return {
        path,
        found,
        expected: `one of ${(error.params as { allowedValues: unknown[] }).allowedValues.map(String).join(", ")}`,
      };
    case "const":
      return { path, found, expected: JSON.stringify((error.params as { allowedValue: unknown }).allowedValue) };
    default:
      return {
        path,
        found,
        expected:
          error.message
            ?.replace(/^must be (?=[aeiou])/, "an ")
            .replace(/^must be /, "a ")
            .replace(/^must /, "a value that must ") ?? "another value",
      };
  }
}

function short(data: unknown): string {
  const text = typeof data === "string" ? data : (JSON.stringify(data) ?? "");
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

const dotted = (pointer: string): string =>
  pointer
    .split("/")
    .slice(1)
    .map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : join(path, part)), "");

const join = (path: string, field: string): string => (path === "" ? field : `${path}.${field}`);

class Check {
  readonly faults: Fault[] = [];

  constructor(private readonly network: Network) {}

  private fault(path: string, found: string, expected: string, fix?: string): void {
    this.faults.push({ path, found, expected, ...(fix === undefined ? {} : { fix }) });
  }

  all(): void {
    this.segments();
    this.names();
    this.network.speakers.forEach((speaker, at) => this.speaker(speaker, `speakers[${at}]`));
    this.addressesOnSegments();
  }

  private segments(): void {
    this.network.segments.forEach(({ prefixes }, at) =>
      prefixes.forEach((prefix, index) => this.prefix(prefix, `segments[${at}].prefixes[${index}]`)),
    );
  }

  private names(): void {
    for (const [field, list] of [
      ["speakers", this.network.speakers],
      ["segments", this.network.segments],
    ] as const) {
      const seen = new Map<string, number>();
      list.forEach(({ name }, at) => {
        const before = seen.get(name);
        if (before !== undefined) this.fault(`${field}[${at}].name`, name, `another name: ${field}[${before}] has it`);
        else seen.set(name, at);
      });
    }
  }

  private prefix(text: string, path: string): Prefix | undefined {
    const parsed = parsePrefix(text, path, { strict: true });
    if (parsed.ok) return parsed.value;
    this.faults.push(...parsed.faults);
    return undefined;
  }

  private address(text: string, path: string): void {
    const parsed = parseAddress(text, path);
    if (!parsed.ok) this.faults.push(...parsed.faults);
    else if (parsed.value !== text) this.fault(path, text, `the canonical form, "${parsed.value}"`);
  }

  private asn(asn: number, path: string): void {
    if (isReserved(asn))
      this.fault(path, String(asn), "an ASN that is not reserved (0, 23456, 65535 and 4294967295 are)");
  }

  private speaker(speaker: Speaker, path: string): void {
    this.asn(speaker.asn, `${path}.asn`);
    const { identifier, members = [] } = speaker.bgp.confederation ?? {};
    if (identifier !== undefined) this.asn(identifier, `${path}.bgp.confederation.identifier`);
    members.forEach((asn, at) => this.asn(asn, `${path}.bgp.confederation.members[${at}]`));
    const routerId = parseAddress(speaker.routerId, `${path}.routerId`);
    if (!routerId.ok || familyOf(routerId.value) !== "ipv4") {
      this.fault(`${path}.routerId`, speaker.routerId, "an IPv4 address");
    }
    if (speaker.dialect.profile !== undefined && speaker.dialect.system !== "frr") {
      this.fault(`${path}.dialect.profile`, speaker.dialect.profile, "no profile: only FRR has them");
    }
    if (speaker.bgp.clusterId !== undefined) this.address(speaker.bgp.clusterId, `${path}.bgp.clusterId`);
    this.interfaces(speaker, path);
    speaker.routes?.forEach((route, at) => {
      this.prefix(route.prefix, `${path}.routes[${at}].prefix`);
      route.via?.forEach((via, index) => this.address(via, `${path}.routes[${at}].via[${index}]`));
      const says = [
        route.via !== undefined && route.via.length > 0,
        route.blackhole === true,
        route.interface !== undefined,
      ];
      if (!says.includes(true)) {
        this.fault(`${path}.routes[${at}]`, route.prefix, "a next hop, an interface or blackhole");
      }
    });
    this.neighbors(speaker, path);
    speaker.originate?.forEach((each, at) => {
      if (each.kind !== "redistribute") this.prefix(each.prefix, `${path}.originate[${at}].prefix`);
    });
    this.lists(speaker, path);
    for (const name of Object.keys(speaker.policies ?? {})) {
      this.policy(name, speaker.policies ?? {}, `${path}.policies.${name}`);
    }
  }

  private interfaces(speaker: Speaker, path: string): void {
    const names = new Set<string>();
    speaker.interfaces.forEach((each, at) => {
      const here = `${path}.interfaces[${at}]`;
      if (names.has(each.name))
        this.fault(`${here}.name`, each.name, "another name: the speaker has this interface already");
      names.add(each.name);
      if (each.segment !== undefined && !this.network.segments.some(({ name }) => name === each.segment)) {
        this.fault(`${here}.segment`, each.segment, "the name of a segment of this network");
      }
      each.addresses.forEach((address, index) => {
        const parsed = parseInterfaceAddress(address, `${here}.addresses[${index}]`);
        if (!parsed.ok) this.faults.push(...parsed.faults);
      });
    });
  }

  private neighbors(speaker: Speaker, path: string): void {
    speaker.neighbors.forEach((each, at) => {
      const here = `${path}.neighbors[${at}]`;
      if ((each.address === undefined) === (each.interface === undefined)) {
        this.fault(here, each.address ?? "", "either an address or an interface");
      }
      if (each.address !== undefined) this.address(each.address, `${here}.address`);
      if (each.interface !== undefined && !speaker.interfaces.some(({ name }) => name === each.interface)) {
        this.fault(`${here}.interface`, each.interface, "an interface of this speaker");
      }
      if (each.group !== undefined && speaker.groups?.[each.group] === undefined) {
        this.fault(`${here}.group`, each.group, "a group of this speaker");
      }
      const remoteAs = each.remoteAs ?? (each.group === undefined ? undefined : speaker.groups?.[each.group]?.remoteAs);
      if (remoteAs === undefined)
        this.fault(`${here}.remoteAs`, "", "an ASN, external, internal or any; here or in its group");
      this.settings(each, here);
    });
    for (const [name, group] of Object.entries(speaker.groups ?? {})) this.settings(group, `${path}.groups.${name}`);
    speaker.listen?.forEach((each, at) => {
      const here = `${path}.listen[${at}]`;
      this.prefix(each.prefix, `${here}.prefix`);
      if (speaker.groups?.[each.group] === undefined)
        this.fault(`${here}.group`, each.group, "a group of this speaker");
      else if (speaker.groups[each.group]?.remoteAs === undefined) {
        this.fault(
          `${path}.groups.${each.group}.remoteAs`,
          "",
          "an ASN, external, internal or any: a listen range needs it",
        );
      }
    });
  }

  private settings(settings: Speaker["neighbors"][number], path: string): void {
    if (typeof settings.remoteAs === "number") this.asn(settings.remoteAs, `${path}.remoteAs`);
    if (settings.localAs !== undefined) this.asn(settings.localAs.asn, `${path}.localAs.asn`);
    if (settings.multihop !== undefined && settings.ttlSecurity !== undefined) {
      this.fault(
        `${path}.ttlSecurity`,
        String(settings.ttlSecurity),
        "one of multihop and ttlSecurity: they exclude each other",
      );
    }
    const { keepalive, hold } = settings.timers ?? {};
    if (keepalive !== undefined && hold !== undefined && hold > 0 && keepalive > hold) {
      this.fault(`${path}.timers.keepalive`, String(keepalive), `at most the hold time, ${hold}`);
    }
    if (hold === 1 || hold === 2)
      this.fault(`${path}.timers.hold`, String(hold), "0, or at least 3 seconds (RFC 4271)");
  }

  private lists(speaker: Speaker, path: string): void {
    for (const [name, list] of Object.entries(speaker.prefixLists ?? {})) {
      list.forEach((each, at) => {
        const here = `${path}.prefixLists.${name}[${at}]`;
        if (each.prefix !== "any") this.range(each, here);
      });
    }
    for (const [name, list] of Object.entries(speaker.communityLists ?? {})) {
      list.forEach((each, at) => {
        if ((each.communities === undefined) === (each.regex === undefined)) {
          this.fault(`${path}.communityLists.${name}[${at}]`, "", "either communities or a regex");
        }
      });
    }
  }

  private range(entry: { prefix: string; ge?: number; le?: number }, path: string): void {
    const prefix = this.prefix(entry.prefix, `${path}.prefix`);
    if (prefix === undefined) return;
    const length = Number(prefix.slice(prefix.indexOf("/") + 1));
    const most = familyOf(prefix) === "ipv4" ? 32 : 128;
    const { ge, le } = entry;
    if (ge !== undefined && (ge < length || ge > most))
      this.fault(`${path}.ge`, String(ge), `from ${length} to ${most}`);
    if (le !== undefined && (le < (ge ?? length) || le > most)) {
      this.fault(`${path}.le`, String(le), `from ${ge ?? length} to ${most}`);
    }
  }

  private policy(name: string, policies: Readonly<Record<string, Policy>>, path: string): void {
    const policy = policies[name] as Policy;
    policy.terms.forEach((term, at) => {
      if (term.call !== undefined && (term.call === name || calledBy(policies, term.call).has(name))) {
        this.fault(`${path}.terms[${at}].call`, term.call, "a policy that does not lead back to this one");
      }
      if (term.call !== undefined && term.action === "reject") {
        this.fault(`${path}.terms[${at}].call`, term.call, "nothing: a term that refuses calls no policy");
      }
      term.match?.prefixes?.forEach((each, index) => this.range(each, `${path}.terms[${at}].match.prefixes[${index}]`));
      term.match?.notPrefixes?.forEach((each, index) =>
        this.range(each, `${path}.terms[${at}].match.notPrefixes[${index}]`),
      );
      if (term.goto !== undefined && term.action !== "continue") {
        this.fault(`${path}.terms[${at}].goto`, String(term.goto), 'nothing: only the action "continue" goes anywhere');
      }
    });
  }

  /** No two speakers with one address on a segment, and none outside the segment's prefixes. */
  private addressesOnSegments(): void {
    const prefixes = new Map(this.network.segments.map((each) => [each.name, each.prefixes]));
    const taken = new Map<string, string>();
    this.network.speakers.forEach((speaker, at) =>
      speaker.interfaces.forEach((port, number) => {
        if (port.segment === undefined) return;
        port.addresses.forEach((text, index) => {
          const path = `speakers[${at}].interfaces[${number}].addresses[${index}]`;
          const parsed = parseInterfaceAddress(text, path);
          if (!parsed.ok) return;
          const { address } = parsed.value;
          const key = `${port.segment ?? ""} ${address}`;
          const before = taken.get(key);
          // Two speakers on one node share its address: a CNI's and MetalLB's, say.
          if (before !== undefined && !this.sharesNode(before, speaker.name)) {
            this.fault(path, text, `an address of its own on ${port.segment ?? ""}: ${before} has this one`);
          }
          taken.set(key, speaker.name);
          // Of the address's own family: a segment may have none of it that anybody told.
          const fitting = (prefixes.get(port.segment ?? "") ?? []).filter(
            (each) => parsePrefix(each).ok && familyOf(each) === familyOf(address),
          );
          if (fitting.length > 0 && !fitting.some((each) => containsAddress(each as Prefix, address))) {
            this.fault(path, text, `an address within ${fitting.join(" or ")}, as ${port.segment ?? ""} has it`);
          }
        });
      }),
    );
  }

  private sharesNode(a: string, b: string): boolean {
    const node = (name: string): string | undefined => {
      const speaker = this.network.speakers.find((each) => each.name === name);
      return speaker?.role === "node" ? speaker.place?.labels?.["kubernetes.io/hostname"] : undefined;
    };
    return a === b || (node(a) !== undefined && node(a) === node(b));
  }
}
