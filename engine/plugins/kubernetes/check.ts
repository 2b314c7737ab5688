/** Inputs made whole: normal form, a name, a namespace. Nothing is asked of the cluster but whether a kind is namespaced. */
import type { CheckRequest, Checked } from "../plugin";
import { markSecrets, toObject } from "./checkpoint";
import type { Context } from "./context";
import { assignName, isGenerated, isManaged, keepName, markManaged } from "./naming";
import { normalised } from "./normal";
import { at, isCrd, isPatch, kindFromType, nameOf, namespaceOf, setNamespace } from "./object";
import { define, isNamespaced } from "./scope";
import { isValues, type Values } from "../values";

export async function check(request: CheckRequest, context: Context): Promise<Checked> {
  const { type, name, olds, news, seed, autonaming, log } = request;
  const { settings } = context;
  if (!context.cluster && settings.skipUpdateUnreachable) {
    log("warning", "Cluster is unreachable but skipUpdateUnreachable flag is set to true, skipping...");
    return { inputs: olds ?? {} };
  }
  const kind = kindFromType(type);
  if (kind.kind.endsWith("List") && at(news, "items") !== undefined)
    throw new Error(
      "list resources exist for compatibility with YAML manifests and Helm charts, " +
        "and cannot be created directly. Use the underlying resource type instead",
    );

  const before = toObject(olds ?? {});
  const given = toObject(news);
  const patch = isPatch(type, given);
  if (patch && !settings.serverSideApply)
    throw new Error(
      "patch resources require Server-Side Apply mode, which is enabled using the `enableServerSideApply` Provider config",
    );
  const inputs = normalised(given);
  if (patch && nameOf(inputs) === "") throw new Error("patch resources require the `.metadata.name` field to be set");
  warnOfAnnotations(inputs, settings.suppressHelmHookWarnings, (text) => log("warning", text));

  if (Object.keys(before).length > 0) {
    keepName(inputs, before);
    if (isManaged(before)) markManaged(inputs);
  } else {
    assignName(inputs, name, seed, autonaming);
    if (!settings.serverSideApply) markManaged(inputs);
  }
  if (isGenerated(inputs) && settings.serverSideApply)
    throw new Error("the `.metadata.generateName` field is not supported in Server-Side Apply mode");

  if (context.namespace !== "" && namespaceOf(inputs) === "")
    if ((await isNamespaced(kind, context.definitions, context.cluster)) ?? true)
      setNamespace(inputs, context.namespace);
  if (isCrd(inputs)) define(context.definitions, inputs);
  return { inputs: markSecrets(inputs, news) };
}

function warnOfAnnotations(inputs: Values, quiet: boolean, warn: (text: string) => void): void {
  const annotations = at(inputs, "metadata", "annotations");
  if (!isValues(annotations)) return;
  let hook = false;
  for (const [key, value] of Object.entries(annotations)) {
    if (key.startsWith("pulumi.com/autonamed")) warn(`ignoring user-specified value for internal annotation "${key}"`);
    hook ||= key.startsWith("helm.sh/hook") && typeof value === "string" && /test/.test(value);
  }
  if (hook && !quiet)
    warn(
      "This resource contains Helm hooks, which Pulumi does not execute; the resource itself is created. " +
        "PULUMI_K8S_SUPPRESS_HELM_HOOK_WARNINGS silences this.",
    );
}
