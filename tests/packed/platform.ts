/** The example repository of docs/examples/platform, with the packed tarball as its dependency, compiled as it says. */
import { cpSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { checkout, emptyProject, link, type Packed } from "./install";

export function platformRepository(packed: Packed): string {
  const at = emptyProject(packed);
  cpSync(join(checkout, "docs/examples/platform"), at, { recursive: true });
  for (const name of ["@types/node", "undici-types"]) link(at, name);
  execFileSync(process.execPath, [join(checkout, "node_modules/typescript/bin/tsc"), "-p", "."], {
    cwd: at,
    encoding: "utf8",
  });
  return at;
}
