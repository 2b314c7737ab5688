/** The TypeScript of README and docs, as far as it imports this package. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Documented {
  /** The page, relative to the checkout. */
  page: string;
  /** The whole example. */
  code: string;
  /** Its import statements, each name used once so that the compiler looks it up. */
  imports: string;
}

export function documentedPrograms(checkout: string): Documented[] {
  const pages = ["README.md", ...readdirSync(join(checkout, "docs")).map((name) => join("docs", name))];
  return pages
    .filter((page) => page.endsWith(".md"))
    .flatMap((page) => {
      const text = readFileSync(join(checkout, page), "utf8");
      return [...text.matchAll(/^```(?:ts|typescript)\n(.*?)^```/gms)].map(([, code = ""]) => ({
        page,
        code,
        imports: exported(code),
      }));
    })
    .filter(({ imports }) => imports !== "");
}

/** `import { a, type B } from "bgpfabric/x"` as `export { a as _1, type B as _2 } from ...`: no unused names, no clashes. */
let count = 0;
function exported(code: string): string {
  const statements = [...code.matchAll(/^import (type )?\{([^}]*)\} from ("bgpfabric[^"]*")/gm)];
  return statements
    .map(([, type = "", names = "", from = ""]) => {
      const renamed = names
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "")
        .map((name) => `${name.split(" as ")[0]} as documented${++count}`);
      return `export ${type}{ ${renamed.join(", ")} } from ${from};`;
    })
    .join("\n");
}
