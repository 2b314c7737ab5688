/** Property paths as the engine writes them: `a.b[0]["c.d"]`. */

/** A number indexes a list; "*" stands for every element. */
export type Segment = string | number;

export function showPath(path: readonly Segment[]): string {
  let out = "";
  for (const segment of path) {
    if (typeof segment === "number") out += `[${segment}]`;
    else if (/[."[\]]/.test(segment)) out += `["${segment.replaceAll('"', '\\"')}"]`;
    else out += out === "" ? segment : `.${segment}`;
  }
  return out;
}

/** Undefined when the text is no path. */
export function parsePath(text: string): Segment[] | undefined {
  const path: Segment[] = [];
  const token = /\[(?:(\d+|\*)|"((?:[^"\\]|\\.)*)")\]|\.?([^.[\]]+)/y;
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    if (!match) return undefined;
    const [, index, quoted, plain] = match;
    if (index !== undefined) path.push(index === "*" ? "*" : Number(index));
    else path.push(quoted?.replace(/\\(.)/g, "$1") ?? plain ?? "");
  }
  return path;
}

/** Whether `outer` names `inner` or something that holds it. */
export const contains = (outer: readonly Segment[], inner: readonly Segment[]): boolean =>
  outer.length <= inner.length && outer.every((segment, i) => segment === "*" || segment === inner[i]);
