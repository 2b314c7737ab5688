/** Proves that each package declares what its sources import, and nothing more; not that the versions fit each other. */
import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const checkout = join(__dirname, "..", "..");

interface Manifest {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

const manifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(checkout, folder, "package.json"), "utf8")) as Manifest;

/** The packages that the TypeScript files below a folder import, each with one file that does. */
function imported(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(join(checkout, folder), { withFileTypes: true, recursive: true })) {
    const file = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !file.endsWith(".ts") || file.includes("node_modules")) continue;
    for (const { fileName } of ts.preProcessFile(readFileSync(file, "utf8"), true, true).importedFiles) {
      if (fileName.startsWith(".") || isBuiltin(fileName)) continue;
      const [scope, name] = fileName.split("/");
      found.set(fileName.startsWith("@") ? `${scope}/${name}` : (scope ?? fileName), file.slice(checkout.length + 1));
    }
  }
  return found;
}

describe("the library and its command", () => {
  const { dependencies = {}, peerDependencies = {}, devDependencies = {} } = manifest(".");
  const used = new Map([...imported("components"), ...imported("cli")]);

  it("import only what an installation of the package brings", () => {
    const declared = { ...dependencies, ...peerDependencies };
    expect([...used].filter(([name]) => declared[name] === undefined)).toEqual([]);
  });

  it("bring nothing that they do not import", () => {
    expect(Object.keys({ ...dependencies, ...peerDependencies }).filter((name) => !used.has(name))).toEqual([]);
  });

  it("are developed against exact versions of their peers", () => {
    for (const peer of Object.keys(peerDependencies)) expect(devDependencies[peer]).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it("know nothing of gRPC: that is the engine's", () => {
    expect([...used.keys()].filter((name) => /grpc|protobuf/.test(name))).toEqual([]);
  });
});

describe("the engine's workspace", () => {
  const { dependencies = {} } = manifest("engine");
  const used = imported("engine");

  it("declares what it imports, in exact versions", () => {
    expect([...used].filter(([name]) => dependencies[name] === undefined)).toEqual([]);
    expect(Object.values(dependencies).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it("declares nothing that it does not import", () => {
    expect(Object.keys(dependencies).filter((name) => !used.has(name))).toEqual([]);
  });

  it("asks for the versions that the library asks for, so that one copy lies in node_modules", () => {
    const root = manifest(".");
    const wanted = { ...root.devDependencies, ...root.dependencies };
    const shared = Object.entries(dependencies).filter(([name]) => wanted[name] !== undefined);
    expect(shared.filter(([name, version]) => wanted[name] !== version)).toEqual([]);
  });
});
