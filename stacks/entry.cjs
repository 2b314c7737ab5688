// The program of every stack: stacks/NAME.ts as it was compiled, for the stack called NAME, or NAME-something where one
// program has several stacks. What was compiled from older
// sources is compiled again first, so that a preview never speaks of a program that is not there any more.
const { execFileSync } = require("node:child_process");
const { readdirSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..");
execFileSync(process.execPath, [join(root, "engine", "prepare.mjs")], { cwd: root, stdio: ["ignore", 2, 2] });

const stack = process.env.PULUMI_NODEJS_STACK ?? "";
const programs = readdirSync(__dirname)
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.slice(0, -3));
const name = programs
  .filter((program) => stack === program || stack.startsWith(`${program}-`))
  .sort((a, b) => b.length - a.length)[0];
if (name === undefined) {
  process.stderr.write(`no program for the stack "${stack}": there are ${programs.join(", ")}\n`);
  process.exit(1);
}
try {
  module.exports = require(join(root, "dist", "stacks", `${name}.js`));
} catch (error) {
  // Resources are registered when the program has been read: ending here means that nothing is, and one person's mistake
  // leaves no half of a lab behind.
  process.stderr.write(error?.name === "UserError" ? `${error.message}\n` : `${error?.stack ?? error}\n`);
  process.exit(1);
}
