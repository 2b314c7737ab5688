/** Reads the files a person named; "-" is standard input. What cannot be read is a fault with the file's name. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { fail, ok, type Fault, type Result } from "../components/model/errors";

export interface TextFile {
  file: string;
  text: string;
}

/** Larger is not a configuration, and parsing it would take the machine's memory before anybody noticed. */
const LARGEST = 256 << 20;

const SLOW = 2 << 20;

/** Reads files and the manifests of folders; what a folder holds and nobody reads is noted. */
export function readFiles(names: readonly string[], recursive: boolean, notes: string[]): Result<TextFile[]> {
  const files: TextFile[] = [];
  const faults: Fault[] = [];
  if (names.filter((name) => name === "-").length > 1) {
    return fail({ path: "", found: "- twice", expected: "standard input once", fix: "give the other one as a file" });
  }
  for (const name of names.flatMap((each) => unfold(each, recursive, notes))) {
    const read = readText(name);
    if (read.ok) files.push(read.value);
    else faults.push(...read.faults);
  }
  return faults.length > 0 ? { ok: false, faults } : ok(files);
}

/** What other tools read, and no API server: its objects are in the files beside it, or only made by the tool. */
const OF_OTHERS: Readonly<Record<string, string>> = {
  "kustomization.yaml": "give the output of `kubectl kustomize` where it changes objects",
  "kustomization.yml": "give the output of `kubectl kustomize` where it changes objects",
  "values.yaml": "give the output of `helm template`",
  "Chart.yaml": "give the output of `helm template`",
};

/** A folder stands for the manifests in it. */
function unfold(name: string, recursive: boolean, notes: string[]): string[] {
  if (name === "-" || statSync(name, { throwIfNoEntry: false })?.isDirectory() !== true) return [name];
  const entries = readdirSync(name, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  const found: string[] = [];
  for (const entry of entries) {
    const path = join(name, entry.name);
    if (entry.isDirectory()) {
      if (recursive) found.push(...unfold(path, recursive, notes));
      else if (holdsManifests(path)) notes.push(`${path}: a folder in a folder is not read; -R reads it`);
    } else if (OF_OTHERS[entry.name] !== undefined) {
      notes.push(`${path}: not read, it is no Kubernetes object; ${OF_OTHERS[entry.name] ?? ""}`);
    } else if (/\.(ya?ml|json)$/.test(entry.name)) found.push(path);
    else if (/\.(conf|cfg)$/.test(entry.name)) {
      notes.push(
        `${path}: not read; \`bgpfabric init ${name}\` makes the folder a snapshot, or name it with --frr or --eos`,
      );
    }
  }
  return found;
}

const holdsManifests = (folder: string): boolean => readdirSync(folder).some((file) => /\.(ya?ml|json)$/.test(file));

export function readText(name: string): Result<TextFile> {
  const file = name === "-" ? "standard input" : name;
  try {
    const bytes = readFileSync(name === "-" ? 0 : name);
    if (bytes.length > LARGEST) {
      return fail({ path: "", file, found: `${bytes.length} bytes`, expected: `at most ${LARGEST} bytes` });
    }
    // Reading it takes a while: whoever waits at a terminal sees why.
    if (bytes.length > SLOW && process.stderr.isTTY) {
      process.stderr.write(`bgpfabric: reading ${file}, ${Math.round(bytes.length / (1 << 20))} MB\n`);
    }
    const text = decoded(bytes);
    if (text === undefined) return fail({ path: "", file, found: "a binary file", expected: "text, as UTF-8" });
    return ok({ file, text });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const found = code === "ENOENT" ? "no such file" : code === "EISDIR" ? "a folder" : (code ?? "not readable");
    return fail({
      path: "",
      file,
      found,
      expected: "a file that can be read",
      fix: 'name a file, or "-" for standard input',
    });
  }
}

/** What PowerShell's ">" writes is UTF-16, and what editors on Windows write may begin with a mark. */
function decoded(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString("utf16le", 2);
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.toString("utf8", 3);
  return bytes.includes(0) ? undefined : bytes.toString("utf8");
}

/** "tor1=tor1.conf" of --frr and --eos. */
export function namedFile(option: string, text: string): Result<{ name: string; file: string }> {
  const [name, ...rest] = text.split("=");
  const file = rest.join("=");
  if (name === undefined || name === "" || file === "") {
    return fail({ path: option, found: text, expected: "NAME=FILE, as in tor1=frr.conf" });
  }
  return ok({ name, file });
}

/** A settings file as the value that it holds. */
export function readYaml(name: string): Result<unknown> {
  const read = readText(name);
  if (!read.ok) return read;
  const { file, text } = read.value;
  try {
    return ok(parse(text, { maxAliasCount: 100, logLevel: "error" }) as unknown);
  } catch (error) {
    return fail({ path: "", file, found: "no YAML", expected: (error as Error).message.split("\n")[0] ?? "YAML" });
  }
}
