/** Labels of nodes and objects, and what Kubernetes allows as their keys and values. */
import { fail, ok, type Fault, type Result } from "./errors";

export type Labels = Readonly<Record<string, string>>;

/** No service is announced from a node that has it; kubeadm gives it to the control plane's. */
export const EXCLUDE_LABEL = "node.kubernetes.io/exclude-from-external-load-balancers";

const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** The label's value, or undefined; labels named like a method of Object are labels too. */
export function labelValue(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

export function parseLabelKey(text: string, path = ""): Result<string> {
  const slash = text.indexOf("/");
  const prefix = slash < 0 ? undefined : text.slice(0, slash);
  const name = text.slice(slash + 1);
  if (prefix !== undefined && (prefix.length > 253 || !SUBDOMAIN.test(prefix))) {
    return fail({
      path,
      found: text,
      expected: "a DNS name of at most 253 characters before the slash of a label key",
    });
  }
  if (name.length > 63 || !NAME.test(name)) {
    return fail({
      path,
      found: text,
      expected: "a label key of at most 63 letters, digits, '-', '_' and '.', a letter or digit at both ends",
    });
  }
  return ok(text);
}

export function parseLabelValue(text: string, path = ""): Result<string> {
  if (text.length <= 63 && (text === "" || NAME.test(text))) return ok(text);
  return fail({
    path,
    found: text,
    expected: "a label value of at most 63 letters, digits, '-', '_' and '.', a letter or digit at both ends, or empty",
  });
}

/** All faults of a label map at once; a value that YAML read as a number or truth is named as such. */
export function parseLabels(value: unknown, path = ""): Result<Labels> {
  if (value === undefined || value === null) return ok({});
  if (typeof value !== "object" || Array.isArray(value)) {
    return fail({ path, found: JSON.stringify(value) ?? "", expected: "a map of labels" });
  }
  const faults: Fault[] = [];
  const labels: Record<string, string> = {};
  for (const [key, one] of Object.entries(value)) {
    const place = path === "" ? key : `${path}[${JSON.stringify(key)}]`;
    const parsedKey = parseLabelKey(key, place);
    if (!parsedKey.ok) faults.push(...parsedKey.faults);
    if (typeof one !== "string") {
      const found = JSON.stringify(one) ?? "";
      faults.push({ path: place, found, expected: "a text", fix: `quote it: "${found.replaceAll('"', "'")}"` });
      continue;
    }
    const parsedValue = parseLabelValue(one, place);
    if (!parsedValue.ok) faults.push(...parsedValue.faults);
    Object.defineProperty(labels, key, { value: one, enumerable: true, writable: true, configurable: true });
  }
  return faults.length > 0 ? { ok: false, faults } : ok(labels);
}
