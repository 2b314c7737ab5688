/** Proves when the folder that kind makes Docker mount goes; that nodes run without it in no lab is shown by the kind lab. */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { modulesStay, noteModules, removeModules } from "../../engine/host/modules";
import { temporaryFolder } from "./temporary";

it("goes with the last lab, and stays while another one may have it mounted", () => {
  const machine = temporaryFolder();
  const [folder, bare, kind] = ["modules", "run/bare", "run/kind"].map((name) => join(machine, name)) as [
    string,
    string,
    string,
  ];
  for (const run of [bare, kind]) {
    mkdirSync(run, { recursive: true });
    noteModules(run, folder);
  }
  mkdirSync(folder);
  rmSync(bare, { recursive: true });
  removeModules(bare, folder);
  expect(existsSync(folder)).toBe(true);
  rmSync(kind, { recursive: true });
  removeModules(kind, folder);
  expect(existsSync(folder)).toBe(false);
});

it("stays where the machine had it", () => {
  const machine = temporaryFolder();
  const [folder, run] = [join(machine, "modules"), join(machine, "run/kind")];
  for (const one of [folder, run]) mkdirSync(one, { recursive: true });
  noteModules(run, folder);
  rmSync(run, { recursive: true });
  removeModules(run, folder);
  expect(existsSync(folder)).toBe(true);
});

it("is nothing that a lab left while another one stands, and is left where nobody is to remove it", () => {
  const labs = join(temporaryFolder(), "run");
  mkdirSync(join(labs, "other"), { recursive: true });
  expect(modulesStay(labs, "/lib/modules")).toBe(false);
  noteModules(join(labs, "kind"), join(labs, "missing"));
  expect(modulesStay(labs, "/lib/modules")).toBe(true);
  expect(modulesStay(labs, "/lib/firmware")).toBe(false);
  rmSync(join(labs, "other"), { recursive: true });
  expect(modulesStay(labs, "/lib/modules")).toBe(false);
});
