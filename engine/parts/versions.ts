/**
 * The versions this project is made for, and the oldest ones of the user's own that it takes instead.
 */
export const PULUMI = { version: "3.259.0", floor: "3.248.0" };
/** The last release of the language host that is part of a module the registries serve (docs/engine.md). */
export const LANGUAGE_HOST = { version: "3.68.0" };
export const KUBERNETES = { version: "1.36.2", floor: "1.34.0" };
export const ETCD = { version: "3.6.8", floor: "3.5.0" };
/** Its gobgp is a fork: the go.mod of engine/go/cilium names it. */
export const CILIUM = { version: "1.19.0" };
/** The tag that kubeadm of this Kubernetes asks for. */
export const ETCD_TAG = "3.6.8-0";
export const KIND = { version: "0.32.0" };
/** With frr-k8s 0.0.20, which it asks for. */
export const METALLB = { version: "0.15.2" };
export const DOCKER = { version: "20.10.24", floor: "20.10.0" };
export const GO = { floor: "1.26.0" };
export const NODE = { floor: "20.19.0" };

/** The first version number in a text: "Kubernetes v1.36.2" -> "1.36.2". */
export function versionIn(text: string): string | undefined {
  return /(\d+\.\d+(?:\.\d+)?)/.exec(text)?.[1];
}

export function atLeast(version: string, floor: string): boolean {
  const [a, b] = [version, floor].map((text) => text.split(".").map((field) => Number.parseInt(field, 10) || 0));
  for (let i = 0; i < 3; i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
