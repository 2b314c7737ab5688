/** Names of objects that the program left unnamed, and labels that client-side apply leaves. */
import { autoname, type Autonaming } from "../names";
import { isUnknown, isValues, type Value, type Values } from "../values";
import { annotation, at, nameOf, setIn, setName, text } from "./object";

const autonamed = "pulumi.com/autonamed";
const managedBy = "app.kubernetes.io/managed-by";
const manager = (): string => process.env["PULUMI_KUBERNETES_MANAGED_BY_LABEL"] ?? "pulumi";

const unknownAt = (object: Values, key: string): boolean => {
  const metadata: Value | undefined = object["metadata"];
  return isValues(metadata) && metadata[key] !== undefined && isUnknown(metadata[key]);
};
export const isNamed = (object: Values): boolean => unknownAt(object, "name") || nameOf(object) !== "";
export const isGenerated = (object: Values): boolean =>
  !isNamed(object) && (unknownAt(object, "generateName") || text(object, "metadata", "generateName") !== "");
export const isAutonamed = (object: Values): boolean => annotation(object, autonamed) === "true";

/** Eight digits after the name, and an annotation that says whose name it is. */
export function assignName(object: Values, name: string, seed: Uint8Array, naming: Autonaming | undefined): void {
  if (isNamed(object) || isGenerated(object)) return;
  const assigned = autoname(name, seed, undefined, naming, 8);
  if (assigned === undefined)
    throw new Error("autonaming is disabled, resource requires the .metadata.name field to be set");
  setName(object, assigned);
  setIn(object, "annotations", autonamed, "true");
}

export function keepName(object: Values, old: Values): void {
  if (isNamed(object) || !isAutonamed(old)) return;
  setName(object, nameOf(old));
  setIn(object, "annotations", autonamed, "true");
}

export const markManaged = (object: Values): void => setIn(object, "labels", managedBy, manager());
export function isManaged(object: Values): boolean {
  const labels = at(object, "metadata", "labels");
  if (isUnknown(labels)) return true;
  const value = at(labels, managedBy);
  return isUnknown(value) || value === manager();
}
