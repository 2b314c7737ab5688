/**
 * Makes the command one file, command.js, and main.js, which starts it: in dist/cli, or beside the main.js that is named.
 * One file starts in a fraction of the time that hundreds of modules take to load. The check of a Network's shape is
 * compiled here, so that no run compiles a schema.
 */
import { dirname, join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import Ajv from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { build } from "esbuild";

const checkout = join(dirname(fileURLToPath(import.meta.url)), "..");

async function networkSchema() {
  const made = await build({
    entryPoints: [join(checkout, "components/bgp/schema.ts")],
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "warning",
  });
  const { NETWORK_SCHEMA } = await import(`data:text/javascript,${encodeURIComponent(made.outputFiles[0].text)}`);
  return NETWORK_SCHEMA;
}

const compiledShape = {
  name: "compiled-shape",
  setup(it) {
    it.onLoad({ filter: /components[\\/]bgp[\\/]networkShape\.ts$/ }, async ({ path }) => {
      const schema = await networkSchema();
      const ajv = new Ajv.default({ allErrors: true, strict: false, verbose: true, code: { source: true } });
      const check = standalone.default(ajv, ajv.compile(schema));
      const contents = `${check};
        const check = module.exports;
        module.exports = { shapeErrors: (value) => (check(value) ? [] : check.errors) };`;
      return { contents, loader: "js", resolveDir: dirname(path) };
    });
  },
};

const outdir = dirname(argv[2] ?? join(checkout, "dist/cli/main.js"));
await build({
  entryPoints: { main: join(checkout, "cli/main.ts"), command: join(checkout, "cli/run.ts") },
  outdir,
  bundle: true,
  minify: true,
  platform: "node",
  target: "node20",
  logLevel: "warning",
  plugins: [compiledShape],
});
