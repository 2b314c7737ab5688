/**
 * What MetalLB's own validation refuses inside one object (internal/config, 0.14 to 0.16, seen with 0.15): names and
 * selectors that stand twice, and selectors that cannot be read. One of them stops the whole configuration.
 */
import type { LabelSelector } from "../../model/labelSelector";
import { selectorFault } from "../labels";
import type { KubernetesObject } from "../objects";
import type { Refusal } from "./types";

/** Lists of names and of selectors, by their place in the object's spec. */
interface Lists {
  names?: Readonly<Record<string, readonly string[] | undefined>>;
  selectors?: Readonly<Record<string, readonly LabelSelector[] | undefined>>;
}

export function repeats(object: KubernetesObject, { names = {}, selectors = {} }: Lists): Refusal[] {
  const found: Refusal[] = [];
  const refuse = (path: string, sentence: string, fix: string, rule = "invalid") =>
    found.push({ object, path: `spec.${path}`, sentence, fix, rule });
  for (const [path, list = []] of Object.entries(names)) {
    list.forEach((name, i) => {
      if (list.indexOf(name) < i) refuse(`${path}[${i}]`, `${name} stands twice`, "remove it");
    });
  }
  for (const [path, list = []] of Object.entries(selectors)) {
    const known = list.map((selector) => JSON.stringify(canonical(selector)));
    list.forEach((selector, i) => {
      const place = `${path}[${i}]`;
      const fault = selectorFault(selector);
      if (fault !== undefined) refuse(place, fault, "correct the selector", "selector-syntax");
      if (known.indexOf(known[i] ?? "") < i) refuse(place, "the same selector stands twice", "remove it");
      for (const { key, values = [] } of selector.matchExpressions ?? []) {
        const twice = values.find((value, j) => values.indexOf(value) < j);
        if (twice === undefined) continue;
        refuse(place, `${twice} stands twice among the values of ${key}`, "remove it");
      }
    });
  }
  return found;
}

/** Two selectors are one whatever the order of their labels. */
function canonical({ matchLabels = {}, matchExpressions = [] }: LabelSelector): unknown {
  return [Object.entries(matchLabels).sort(([a], [b]) => (a < b ? -1 : 1)), matchExpressions];
}
