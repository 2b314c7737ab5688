/** Diff of command:local:Command: inputs against inputs; only triggers replace (pulumi-command 1.2.1, pulumi-go-provider 1.5.0). */
import { difference } from "../difference";
import type { DiffKind, PlanDiff, DiffRequest } from "../plugin";
import type { Values } from "../values";

type Asked = Pick<DiffRequest, "ignoreChanges" | "olds" | "news">;

/** Properties whose change the plan ignores keep what the state has. */
export const ignoring = ({ ignoreChanges, olds, news }: Asked): Values => {
  const kept: Values = { ...news };
  for (const key of ignoreChanges) if (olds[key] !== undefined) kept[key] = olds[key];
  return kept;
};

export function diff(request: Asked & Pick<DiffRequest, "oldInputs">): PlanDiff {
  const visible = (values: Values): Values => {
    const pairs = Object.entries(values).filter(([key]) => key !== "version" && !key.startsWith("__"));
    return Object.fromEntries(pairs);
  };
  const detailed: Record<string, DiffKind> = difference(visible(request.oldInputs), visible(ignoring(request)));
  // A trigger changed in its place ("triggers[0]") is made a replacement by the SDK's own replaceOnChanges.
  if (detailed["triggers"]) detailed["triggers"] = `${detailed["triggers"] as "add" | "delete" | "update"}-replace`;
  return { changes: Object.keys(detailed).length > 0, detailed };
}
