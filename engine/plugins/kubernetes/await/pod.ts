/** Pods: scheduled, initialised, ready; what is wrong with the containers of one that is not. */
import { isValues, type Value, type Values } from "../../values";
import { list, nameOf, namespaceOf, number, text, at } from "../object";
import type { Readiness, Subject } from "./readiness";

const kind = { group: "", version: "v1", kind: "Pod" };

const condition = (pod: Values, type: string): Values | undefined =>
  list(pod, "status", "conditions")
    .filter(isValues)
    .find((c) => c["type"] === type);
const shown = (pod: Values): string => {
  const namespace = namespaceOf(pod);
  return namespace === "" || namespace === "default" ? nameOf(pod) : `${namespace}/${nameOf(pod)}`;
};

/** What the pod still waits for; undefined when it is ready. */
export function waitsFor(pod: Values): { stage: "scheduled" | "initialized" | "ready"; problem: string } | undefined {
  const scheduled = condition(pod, "PodScheduled");
  if (scheduled?.["status"] !== "True") return { stage: "scheduled", problem: "" };
  for (const [type, stage] of [
    ["Initialized", "initialized"],
    ["Ready", "ready"],
  ] as const) {
    const found = condition(pod, type);
    if (found?.["status"] === "True" || (found && stage === "ready" && text(pod, "status", "phase") === "Succeeded"))
      continue;
    return { stage, problem: found ? problemOf(pod, found) : "" };
  }
  return undefined;
}

function problemOf(pod: Values, found: Values): string {
  const errors = list(pod, "status", "containerStatuses").filter(isValues).flatMap(containerErrors).join("\n");
  const message = text(found, "message");
  if (errors === "" && message === "") return "";
  return `[Pod ${shown(pod)}]: ${text(found, "reason") === "" ? "" : message}${errors}`;
}

function containerErrors(status: Values): string[] {
  if (status["ready"] === true) return [];
  const errors: string[] = [];
  const name = text(status, "name");
  const waiting = at(status, "state", "waiting");
  if (waiting !== undefined && text(waiting, "reason") !== "ContainerCreating")
    errors.push(`[${text(waiting, "reason")}] ${pullMessage(text(waiting, "message"))}`);
  const ended = at(status, "state", "terminated");
  if (text(ended, "reason") !== "")
    errors.push(
      text(ended, "message") === ""
        ? `container "${name}" completed with exit code ${exitCode(ended)}`
        : `[${text(ended, "reason")}] ${pullMessage(text(ended, "message"))}`,
    );
  const last = at(status, "lastState", "terminated");
  if (last !== undefined && last !== null) {
    errors.push(
      `container "${name}" terminated at ${text(last, "finishedAt")} (${text(last, "reason")}: exit code ${exitCode(last)})`,
    );
    if (text(last, "message") !== "") errors.push(text(last, "message"));
  }
  return errors;
}

const exitCode = (state: Value | undefined): number => number(state, "exitCode") ?? 0;
const pullMessage = (message: string): string =>
  message
    .replace("rpc error: code = Unknown desc = Error response from daemon: ", "")
    .replace(/: manifest unknown$/, "");

export function podReadiness({ object }: Subject): Readiness {
  let pod = object;
  return {
    watches: [{ kind, name: nameOf(object), see: (change) => (pod = change.object) }],
    ready: () => waitsFor(pod) === undefined,
    object: () => pod,
    problems: () => [waitsFor(pod)?.problem ?? ""].filter((p) => p !== ""),
    progress: () => `Waiting for Pod "${shown(pod)}" to be ${waitsFor(pod)?.stage ?? "ready"}`,
  };
}

/** The pods of an owner, kept from a watch of all pods of the namespace; their problems. */
export function podsOf(owner: () => string | undefined): {
  watch: Readiness["watches"][number];
  problems: () => string[];
} {
  const pods = new Map<string, Values>();
  const owned = (pod: Values): boolean => {
    const uid = owner();
    return uid !== undefined && list(pod, "metadata", "ownerReferences").some((o) => text(o, "uid") === uid);
  };
  return {
    watch: {
      kind,
      see: ({ type, object }) => (type === "DELETED" ? pods.delete(nameOf(object)) : pods.set(nameOf(object), object)),
    },
    problems: () =>
      [...pods.values()].filter(owned).flatMap((pod) => {
        const problem = waitsFor(pod)?.problem ?? "";
        return problem === "" ? [] : [problem];
      }),
  };
}
