/** Jobs: complete; a Job that failed for good ends the wait. By pulumi-kubernetes 4.32 (pkg/await/checker/job). */
import { isValues, type Values } from "../../values";
import { list, nameOf, number, text, uidOf } from "../object";
import { podsOf } from "./pod";
import type { Readiness, Subject } from "./readiness";

const condition = (job: Values, type: string): Values | undefined =>
  list(job, "status", "conditions")
    .filter(isValues)
    .find((c) => c["type"] === type && c["status"] === "True");

function failure(job: Values): string | undefined {
  const failed = condition(job, "Failed");
  if (!failed || !["BackoffLimitExceeded", "DeadlineExceeded"].includes(text(failed, "reason"))) return undefined;
  return `[${text(failed, "reason")}] ${text(failed, "message")}`;
}

export const isReady = (job: Values): boolean =>
  text(job, "status", "startTime") !== "" && failure(job) === undefined && condition(job, "Complete") !== undefined;

export function jobReadiness({ object }: Subject): Readiness {
  let job = object;
  const pods = podsOf(() => uidOf(job));
  const count = (field: string): number => number(job, "status", field) ?? 0;
  return {
    watches: [
      {
        kind: { group: "batch", version: "v1", kind: "Job" },
        name: nameOf(object),
        see: ({ type, object: seen }) => {
          if (type !== "DELETED") job = seen;
        },
      },
      pods.watch,
    ],
    ready: () => isReady(job),
    object: () => job,
    problems: () => [...(failure(job) === undefined ? [] : [failure(job) ?? ""]), ...pods.problems()],
    progress: () =>
      text(job, "status", "startTime") === ""
        ? `Waiting for Job "${nameOf(job)}" to start`
        : `Waiting for Job "${nameOf(job)}" to succeed ` +
          `(Active: ${count("active")} | Succeeded: ${count("succeeded")} | Failed: ${count("failed")})`,
    failed: () =>
      failure(job) === undefined ? undefined : `Resource '${nameOf(job)}' was created but failed to initialize`,
  };
}
