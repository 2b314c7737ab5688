/** The command makes V8 optimize later: an option that V8 does not know would be a line of noise in every run. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { OPTIMIZE_LATER } from "../../cli/optimizeLater";

test("Node.js knows the option, and says nothing about it", () => {
  const program = `require("node:v8").setFlagsFromString(${JSON.stringify(OPTIMIZE_LATER)});`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["-e", program], { encoding: "utf8" });
  expect({ stdout, stderr, status }).toEqual({ stdout: "", stderr: "", status: 0 });
});
