/** JSON as JSON.stringify writes it, in parts: what a large network has would be longer than a string may be. */

/** About so many characters are written at once. */
const PART = 1 << 16;

/** `value`: of an object the members that are lists or generators are written an element at a time. */
export function writeJson(value: unknown, out: (text: string) => void): void {
  let part = "";
  const add = (text: string): void => {
    part += text;
    if (part.length < PART) return;
    out(part);
    part = "";
  };
  if (isPlain(value)) members(value, add);
  else add(JSON.stringify(value, undefined, 2));
  add("\n");
  out(part);
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function members(value: Record<string, unknown>, add: (text: string) => void): void {
  const all = Object.entries(value).filter(([, member]) => member !== undefined);
  if (all.length === 0) return add("{}");
  all.forEach(([key, member], at) => {
    add(`${at === 0 ? "{" : ","}\n  ${JSON.stringify(key)}: `);
    if (isMany(member)) elements(member, add);
    else add(indented(member, "  "));
  });
  add("\n}");
}

const isMany = (value: unknown): value is Iterable<unknown> =>
  typeof value === "object" && value !== null && Symbol.iterator in value;

function elements(list: Iterable<unknown>, add: (text: string) => void): void {
  let first = true;
  for (const each of list) {
    add(`${first ? "[" : ","}\n    ${indented(each, "    ")}`);
    first = false;
  }
  add(first ? "[]" : "\n  ]");
}

const indented = (value: unknown, by: string): string =>
  (JSON.stringify(value, undefined, 2) ?? "null").replaceAll("\n", `\n${by}`);
