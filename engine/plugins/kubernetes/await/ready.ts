/** After a create or an update: waits for what the object's annotations ask for, else for what its kind knows. */
import type { Call } from "../../plugin";
import type { Values } from "../../values";
import type { Cluster } from "../cluster";
import { annotation, apiVersionOf, kindOf } from "../object";
import { customReadiness, generalReadiness } from "./conditions";
import { awaited } from "./kinds";
import type { Readiness, Subject } from "./readiness";
import { lookOnce, untilReady } from "./wait";

const defaultSeconds = 600;

/** customTimeouts before the annotation pulumi.com/timeoutSeconds before ten minutes. */
export function secondsFor(inputs: Values, call: Pick<Call, "seconds">): number {
  if (call.seconds > 0) return call.seconds;
  const annotated = annotation(inputs, "pulumi.com/timeoutSeconds");
  return /^\d+$/.test(annotated) ? Number(annotated) : defaultSeconds;
}

export const skipsAwait = (inputs: Values): boolean => annotation(inputs, "pulumi.com/skipAwait") === "true";
const rulesFor = (object: Values) => awaited[`${apiVersionOf(object)}/${kindOf(object)}`];

/** Answers the object when it is ready, at once where nothing is to be waited for; fails with NotReady. */
export async function awaitReady(
  cluster: Cluster,
  inputs: Values,
  object: Values,
  before: Values | undefined,
  call: Call,
): Promise<Values> {
  if (skipsAwait(inputs)) return object;
  const seconds = secondsFor(inputs, call);
  const subject: Subject = { object, before, warn: (message) => call.log("warning", message) };
  const wait = (readiness: Readiness, limit = seconds): Promise<Values> => untilReady(cluster, readiness, limit, call);
  const custom = annotation(object, "pulumi.com/waitFor");
  if (custom !== "") return wait(customReadiness(subject, custom));
  const rules = rulesFor(object);
  if (rules) return wait(rules.readiness(subject), Math.min(seconds, rules.atMost ?? seconds));
  if (process.env["PULUMI_K8S_AWAIT_ALL"] === "true") return wait(generalReadiness(subject));
  return object;
}

/** In a refresh: one look, for kinds that are judged then. Fails with NotReady. */
export async function lookReady(cluster: Cluster, inputs: Values, object: Values, signal: AbortSignal): Promise<void> {
  const rules = rulesFor(object);
  if (!rules?.onRead || skipsAwait(inputs)) return;
  await lookOnce(cluster, rules.readiness({ object, before: undefined, warn: () => undefined }), signal);
}
