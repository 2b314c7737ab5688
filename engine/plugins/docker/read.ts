/** What a refresh or an import makes of the inputs, as pulumi-terraform-bridge 3.137 extracts them from the state. */
import { isValues, type Value, type Values } from "../values";
import { defaultsKey } from "./inputs";
import { isBlock, isScalar, type Field, type Fields } from "./schema";

/** The state before an import has read anything. */
export const blank = (fields: Fields): Values =>
  Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, isBlock(field) && !field.one ? [] : null]));

/** What the inputs in the state become after a refresh: those that Docker now tells otherwise. */
export function refreshedInputs(inputs: Values, olds: Values, news: Values): Values {
  const fresh: Values = {};
  const defaults = new Set(Array.isArray(inputs[defaultsKey]) ? inputs[defaultsKey] : []);
  for (const [key, value] of Object.entries(inputs)) {
    if (key === defaultsKey) continue;
    const same = JSON.stringify(olds[key] ?? null) === JSON.stringify(news[key] ?? null);
    if (!same) defaults.delete(key);
    const now = same ? value : (news[key] ?? null);
    if (now !== null) fresh[key] = now;
  }
  return { ...fresh, [defaultsKey]: [...defaults].sort() };
}

/** The inputs that describe an imported resource: what the state has and the program could have given, without defaults and zeros. */
export function importedInputs(fields: Fields, state: Values): Values {
  const inputs: Values = {};
  for (const [key, field] of Object.entries(fields)) {
    const value = state[key];
    if (field.output || value === undefined) continue;
    const extracted = importedValue(field, value);
    if (field.required || !isUsual(field, extracted)) inputs[key] = extracted;
  }
  return { ...inputs, [defaultsKey]: [] };
}

function importedValue(field: Field, value: Value): Value {
  if (Array.isArray(value))
    return value.map((element) =>
      isBlock(field) && isValues(element) ? importedInputs(field.fields, element) : element,
    );
  if (!isValues(value)) return value;
  return isBlock(field) ? importedInputs(field.fields, value) : { ...value, [defaultsKey]: [] };
}

/** The default, or the zero where there is none. A missing value is not the default of a property that has one. */
function isUsual(field: Field, value: Value): boolean {
  if (isScalar(field) && field.default !== undefined) return value === field.default;
  if (isValues(value)) return Object.keys(value).every((key) => key === defaultsKey);
  return (
    value === null || value === "" || value === 0 || value === false || (Array.isArray(value) && value.length === 0)
  );
}
