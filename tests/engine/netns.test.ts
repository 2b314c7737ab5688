/** Proves that a lab's network namespace takes with it what `ip netns` made for it, and nothing that others use. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { CHECKOUT } from "./stack";

const notes = mkdtempSync(join(tmpdir(), "bgpfabric-netns-"));
afterAll(() => rmSync(notes, { recursive: true }));

const able = process.platform === "linux" && process.getuid?.() === 0;
const WHY = "namespaces need Linux and root";

/** What the steps print, run where /run/netns is no mount yet: in a mount namespace that ends with them. */
function steps(body: string): unknown {
  const program = `
    const fs = require("node:fs");
    const { execFileSync } = require("node:child_process");
    const { addNamespace, removeNamespace } = require(${JSON.stringify(join(CHECKOUT, "dist/engine/host/netns.js"))});
    const notes = ${JSON.stringify(notes)};
    const ip = (...args) => execFileSync("ip", args);
    const mounted = () => fs.readFileSync("/proc/self/mountinfo", "utf8").includes(" /run/netns ");
    const told = [];
    const tell = () => told.push([mounted(), fs.existsSync("/run/netns") ? fs.readdirSync("/run/netns") : null]);
    (async () => { ${body} process.stdout.write(JSON.stringify(told)); })();`;
  // An empty /run of its own: nobody else's namespaces are in the way, and none of these are seen outside.
  const shell = 'umount -l /run/netns 2>/dev/null; mount -t tmpfs none /run && exec "$0" -e "$1"';
  const args = ["--mount", "--propagation", "private", "sh", "-c", shell, process.execPath, program];
  return JSON.parse(execFileSync("unshare", args, { encoding: "utf8" }));
}

it("the mount comes with the first namespace and goes with the last", ({ skip }) => {
  if (!able) skip(WHY);
  const told = steps(`
    tell();
    await addNamespace("one", notes); await addNamespace("two", notes); tell();
    await removeNamespace("one", notes); tell();
    await removeNamespace("two", notes); tell();`);
  expect(told).toEqual([
    [false, null],
    [true, ["one", "two"]],
    [true, ["two"]],
    [false, null],
  ]);
});

it("a mount that was there before stays, and so does one that somebody else's namespace is in", ({ skip }) => {
  if (!able) skip(WHY);
  const told = steps(`
    ip("netns", "add", "theirs");
    await addNamespace("ours", notes);
    await removeNamespace("ours", notes); tell();
    ip("netns", "del", "theirs");
    await removeNamespace("ours", notes); tell();`);
  expect(told).toEqual([
    [true, ["theirs"]],
    [true, []],
  ]);
});
