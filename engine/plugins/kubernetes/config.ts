/** The Provider resource itself: what its arguments may be, and which change of them means another cluster. */
import type { CheckRequest, Checked, DiffRequest, PlanDiff, Failure } from "../plugin";
import { equal, isUnknown, plainValues, type Value, type Values } from "../values";
import { activeCluster, readKubeconfig, type Overrides } from "./kubeconfig";
import { refuseUnsupported } from "./settings";

export function checkConfig({ news, type, name }: CheckRequest): Checked {
  const config = plainValues(news);
  refuseUnsupported(config);
  const failures = isStrict(config) && type.startsWith("pulumi:providers:") ? strictFailures(config, name) : [];
  return failures.length > 0 ? { inputs: news, failures } : { inputs: news };
}

function isStrict(config: Values): boolean {
  const own = config["strictMode"];
  if (typeof own === "string") return own === "true";
  try {
    const stack = JSON.parse(process.env["PULUMI_CONFIG"] ?? "{}") as Record<string, unknown>;
    return stack["strictMode"] === "true";
  } catch {
    return false;
  }
}

function strictFailures(config: Values, name: string): Failure[] {
  const failures: Failure[] = [];
  if (name.startsWith("default")) failures.push({ property: "", reason: "strict mode prohibits default provider" });
  for (const property of ["kubeconfig", "context"])
    if (config[property] === undefined || config[property] === null || config[property] === "")
      failures.push({ property, reason: `strict mode requires Provider "${property}" argument` });
  return failures;
}

/**
 * Another cluster replaces the provider and so everything under it. A changed clusterIdentifier says that it is another
 * one, an unchanged one that it is the same, whatever the kubeconfig says; without, the active cluster's entry is compared.
 */
export function diffConfig({ olds: oldMarked, news: newMarked }: DiffRequest): PlanDiff {
  const olds = plainValues(oldMarked);
  const news = plainValues(newMarked);
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort();
  const changed = keys.filter((key) => !equal(olds[key], news[key]));
  if (changed.length === 0) return { changes: false };
  const id = "clusterIdentifier";
  const settled = isSet(news[id]) && equal(olds[id], news[id]);
  const replaces: string[] = isSet(olds[id]) && isSet(news[id]) && !settled ? [id] : [];
  const answer = (diffs: string[], more: string[]): PlanDiff => ({
    changes: true,
    changed: diffs,
    replaces: settled ? [] : [...replaces, ...more],
  });

  const identity = ["kubeconfig", "context", "cluster"];
  const notKnown = identity.find((key) => isUnknown(news[key]));
  if (notKnown !== undefined) return answer([notKnown], [notKnown]);
  const before = active(olds);
  const after = active(news);
  const moved = before !== undefined && after !== undefined && !equal(before, after);
  return answer(changed, moved ? identity.filter((key) => changed.includes(key)) : []);
}

const isSet = (value: Value | undefined): boolean => value !== undefined && value !== null;

const active = (config: Values): Values | undefined =>
  activeCluster(readKubeconfig(config["kubeconfig"]), over(config));

const over = (config: Values): Overrides => ({
  ...(typeof config["context"] === "string" && { context: config["context"] }),
  ...(typeof config["cluster"] === "string" && { cluster: config["cluster"] }),
});
