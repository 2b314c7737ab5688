/** The agent as one file, made by the build. It is uploaded by path and hash, so that its text stays out of the state. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

export interface AgentBundle {
  /** Relative to the program's working directory: the same in every clone. */
  source: string;
  hash: string;
}

/** Beside the compiled sources; a program that runs from the sources themselves takes the last build's. */
const PLACES = [join(__dirname, "../../agent/bundle.js"), join(__dirname, "../../../dist/components/agent/bundle.js")];

let known: AgentBundle | undefined;

export function agentBundle(): AgentBundle {
  if (known !== undefined) return known;
  const file = PLACES.find((place) => existsSync(place));
  if (file === undefined) throw new Error("the bare cluster's agent is not built: npm run build");
  known = {
    source: relative(process.cwd(), file),
    hash: createHash("sha256").update(readFileSync(file)).digest("hex"),
  };
  return known;
}
