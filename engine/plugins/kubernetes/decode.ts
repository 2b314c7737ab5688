/** The function kubernetes:yaml:decode: manifests as objects, for the SDK's ConfigFile and ConfigGroup. */
import { parseAllDocuments } from "yaml";
import { isValues, type Value, type Values } from "../values";
import type { Context } from "./context";
import { apiVersionOf, kindFromObject, kindOf, namespaceOf, setNamespace } from "./object";
import { isNamespaced } from "./scope";

export async function decodeYaml(text: string, namespace: string, context: Context | undefined): Promise<Values[]> {
  const objects: Values[] = [];
  for (const document of parseAllDocuments(text)) {
    const error = "errors" in document ? document.errors[0] : undefined;
    if (error) throw new Error(`the manifests are no YAML: ${error.message}`);
    const object = "toJS" in document ? (document.toJS() as Value) : null;
    if (!isValues(object) || kindOf(object) === "" || apiVersionOf(object) === "") continue;
    if (namespace !== "" && namespaceOf(object) === "") {
      const known = await isNamespaced(
        kindFromObject(object),
        context?.definitions ?? new Map<string, string>(),
        context?.cluster,
      );
      if (known ?? true) setNamespace(object, namespace);
    }
    objects.push(object);
  }
  return objects;
}
