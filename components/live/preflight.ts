/**
 * What only the machine can know, asked before anything is made: whether another network of Docker or a route of the host
 * already holds the prefixes. It runs as the check of a resource, so a preview says it too.
 */
import { readFileSync } from "node:fs";
import { v4FromInt } from "../model/address";
import { makePrefix, overlaps, parsePrefix, type Prefix } from "../model/prefix";
import { PROJECT_LABEL, STACK_LABEL } from "./labels";
import { type Body, type Failure, equal } from "./body";
import { connect } from "./reach/docker";

export interface PreflightInputs {
  prefixes: string[];
  project: string;
  stack: string;
}

interface Network {
  Id: string;
  Name: string;
  Labels?: Record<string, string> | null;
  IPAM?: { Config?: { Subnet?: string }[] | null };
}

interface HostRoute {
  device: string;
  prefix: Prefix;
}

async function faults({ prefixes, project, stack }: PreflightInputs): Promise<Failure[]> {
  const networks = (await connect().listNetworks()) as Network[];
  const own = networks.filter(({ Labels }) => Labels?.[PROJECT_LABEL] === project && Labels[STACK_LABEL] === stack);
  const found: Failure[] = [];
  for (const text of prefixes) {
    const prefix = parsePrefix(text);
    if (!prefix.ok) continue;
    const move =
      "move the lab to a free prefix: pulumi config set network PREFIX, or the rack's segments in the program";
    for (const network of networks) {
      if (own.includes(network)) continue;
      const taken = subnetsOf(network).find((subnet) => overlaps(subnet, prefix.value));
      if (taken === undefined) continue;
      const other = network.Labels?.[STACK_LABEL];
      const whose = other === undefined ? "" : ` of stack ${network.Labels?.[PROJECT_LABEL] ?? "?"}/${other}`;
      found.push({
        property: "prefixes",
        reason: `${text} overlaps ${taken} of Docker network ${network.Name}${whose}; ${move}`,
      });
    }
    for (const route of hostRoutes()) {
      // Docker's own bridges show as routes too; those were judged above.
      if (route.device.startsWith("br-") || route.device.startsWith("docker")) continue;
      if (overlaps(route.prefix, prefix.value)) {
        found.push({
          property: "prefixes",
          reason: `${text} overlaps the host's route ${route.prefix} over ${route.device}; ${move}`,
        });
      }
    }
  }
  return found;
}

function subnetsOf(network: Network): Prefix[] {
  return (network.IPAM?.Config ?? []).flatMap(({ Subnet }) => {
    const prefix = Subnet === undefined ? undefined : parsePrefix(Subnet);
    return prefix?.ok === true ? [prefix.value] : [];
  });
}

/** IPv4 routes besides the default one. Elsewhere than on Linux, containers do not share the host's table. */
export function hostRoutes(table?: string): HostRoute[] {
  let text = table;
  try {
    text ??= readFileSync("/proc/net/route", "utf8");
  } catch {
    return [];
  }
  return text
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [device, destination, , , , , , mask] = line.split("\t");
      if (device === undefined || destination === undefined || mask === undefined || destination === "00000000")
        return [];
      const length = littleEndian(mask).toString(2).replace(/0/g, "").length;
      return [{ device, prefix: makePrefix(v4FromInt(littleEndian(destination)), length) }];
    });
}

/** The kernel prints addresses as they lie in memory. */
function littleEndian(hex: string): number {
  return Number(`0x${(hex.match(/../g) ?? []).reverse().join("")}`);
}

export const Preflight: Body<PreflightInputs, PreflightInputs> = {
  check: async (_olds, news) => ({ inputs: news, failures: await faults(news) }),
  diff: (_id, olds, news) => Promise.resolve({ changes: !equal(olds.prefixes, news.prefixes) }),
  create: (inputs) => Promise.resolve({ id: "preflight", outs: inputs }),
  update: (_id, _olds, news) => Promise.resolve({ outs: news }),
};
