/** Reads the files a person named; "-" is standard input. What cannot be read is a fault with the file's name. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fail, ok, type Fault, type Result } from "../components/model/errors";

export interface TextFile {
  file: string;
  text: string;
}

/** Larger is not a configuration, and parsing it would take the machine's memory before anybody noticed. */
const LARGEST = 256 << 20;

export function readFiles(names: readonly string[]): Result<TextFile[]> {
  const files: TextFile[] = [];
  const faults: Fault[] = [];
  if (names.filter((name) => name === "-").length > 1) {
    return fail({ path: "", found: "- twice", expected: "standard input once", fix: "give the other one as a file" });
  }
  for (const name of names.flatMap(unfold)) {
    const read = readText(name);
    if (read.ok) files.push(read.value);
    else faults.push(...read.faults);
  }
  return faults.length > 0 ? { ok: false, faults } : ok(files);
}

/** A folder stands for the manifests in it. */
function unfold(name: string): string[] {
  if (name === "-" || statSync(name, { throwIfNoEntry: false })?.isDirectory() !== true) return [name];
  return readdirSync(name)
    .filter((file) => /\.(ya?ml|json)$/.test(file))
    .sort()
    .map((file) => join(name, file));
}

export function readText(name: string): Result<TextFile> {
  const file = name === "-" ? "standard input" : name;
  try {
    const bytes = readFileSync(name === "-" ? 0 : name);
    if (bytes.length > LARGEST) {
      return fail({ path: "", file, found: `${bytes.length} bytes`, expected: `at most ${LARGEST} bytes` });
    }
    return ok({ file, text: bytes.toString("utf8") });
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

/** "tor1=tor1.conf" of --frr and --eos. */
export function namedFile(option: string, text: string): Result<{ name: string; file: string }> {
  const [name, ...rest] = text.split("=");
  const file = rest.join("=");
  if (name === undefined || name === "" || file === "") {
    return fail({ path: option, found: text, expected: "NAME=FILE, as in tor1=frr.conf" });
  }
  return ok({ name, file });
}
