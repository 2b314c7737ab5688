/** The command makes V8 optimize later: an option that V8 does not know would be a line of noise in every run. */
import { expect, test } from "vitest";
import { bgpfabric } from "./command";

test("whatever Node.js runs the command, V8 says nothing about its options", () => {
  const { code, err } = bgpfabric(["--version"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
});
