/** The version of a CNI as a cluster that others set up shows it: what the CNI writes about itself, or its agents' image. */
import { type Api, ApiError } from "../agent/api";
import type { Shown } from "../cni/installed";

interface Object {
  spec: { [field: string]: unknown; template?: { spec: { containers: { image: string }[] } } };
}

/** "3.32.1" of "v3.32.1"; undefined where none of the objects has one. */
export async function installedVersion(api: Api, shown: readonly Shown[]): Promise<string | undefined> {
  for (const { path, field } of shown) {
    const text = await api.get<Object>(path).then((object) => textOf(object, field), absent);
    const numbers = /^v?(\d+\.\d+(\.\d+)?)/.exec(text ?? "")?.[1];
    if (numbers !== undefined) return numbers;
  }
  return undefined;
}

function textOf({ spec }: Object, field: string | undefined): string | undefined {
  if (field !== undefined) return spec[field] as string | undefined;
  return spec.template?.spec.containers.map(({ image }) => /:([^/:@]+)(@|$)/.exec(image)?.[1]).find(Boolean);
}

/** Forbidden counts as absent: another object may be readable. */
function absent(error: unknown): undefined {
  if (error instanceof ApiError && [403, 404].includes(error.status)) return undefined;
  throw error;
}
