/** Makes the agent one file, dist/components/agent/bundle.js: what a container of a bare cluster is given to run. */
import { build } from "esbuild";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
await build({
  entryPoints: [join(here, "main.ts")],
  outfile: join(here, "../../dist/components/agent/bundle.js"),
  bundle: true,
  minify: true,
  platform: "node",
  // Debian's, in the lab image.
  target: "node18",
  logLevel: "warning",
});
