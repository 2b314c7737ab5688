/** Diff: what a plan changes, path by path, and whether the resource is replaced for it; as pulumi-terraform-bridge 3.137 answers it. */
import type { DiffKind, PlanDiff } from "../plugin";
import type { Values } from "../values";
import { detailedDifference } from "./detailed";
import { defaultsKey } from "./inputs";
import { planned } from "./plan";
import { replacesAny, sameState } from "./replacement";
import type { Schema } from "./schema";

export function diff(schema: Schema, olds: Values, news: Values): PlanDiff {
  const plan = planned(schema, news, olds);
  if (sameState(schema.fields, olds, plan))
    return { changes: false, detailed: {}, stables: stablesOf(schema, new Set()) };
  const detailed = decided(detailedDifference(schema.fields, olds, plan, news), replacesAny(schema.fields, olds, plan));
  const replacing = Object.entries(detailed).filter(([, kind]) => kind.endsWith("-replace"));
  const replaced = new Set(replacing.map(([path]) => path.split(/[.[]/, 1)[0]));
  const defaults = news[defaultsKey];
  const ownName =
    schema.named === true && news["name"] !== undefined && Array.isArray(defaults) && !defaults.includes("name");
  return {
    changes: true,
    detailed,
    stables: stablesOf(schema, replaced),
    // A name that the program gave cannot be taken twice.
    deleteBeforeReplace: replacing.length > 0 && (schema.deleteBeforeReplace === true || ownName),
  };
}

const stablesOf = ({ fields }: Schema, replaced: ReadonlySet<string | undefined>): string[] =>
  Object.entries(fields).flatMap(([key, field]) => (field.replaces && !replaced.has(key) ? [key] : []));

/** The paths with the decision that holds for all of them; one that no path shows is named by the private data. */
function decided(detailed: Record<string, DiffKind>, replaces: boolean): Record<string, DiffKind> {
  if (!replaces)
    return Object.fromEntries(
      Object.entries(detailed).map(([path, kind]) => [path, kind.replace("-replace", "") as DiffKind]),
    );
  const shown = Object.values(detailed).some((kind) => kind.endsWith("-replace"));
  return shown ? detailed : { ...detailed, __meta: "update-replace" };
}
