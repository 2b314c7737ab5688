/** Files put into a container before it starts: each as one tar archive, the only form that Docker takes. */
import { readFileSync } from "node:fs";
import type Docker from "dockerode";
import type { Values } from "../values";
import { trying } from "./daemon";
import { word } from "./kind";

export async function uploadAll(container: Docker.Container, uploads: Values[]): Promise<void> {
  for (const upload of uploads) {
    const archive = tarOf(word(upload["file"]), content(upload), mode(upload), {
      user: Number(word(upload["owner"]) || 0),
      group: Number(word(upload["group"]) || 0),
    });
    await trying("Unable to upload volume content", () => container.putArchive(archive, { path: "/" }));
  }
}

function content(upload: Values): Buffer {
  const [plain, base64, source] = [word(upload["content"]), word(upload["contentBase64"]), word(upload["source"])];
  const given = [plain, base64, source].filter((value) => value !== "");
  if (given.length !== 1) {
    const problem = given.length === 0 ? "one of" : "only one of";
    const must = given.length === 0 ? "must" : "can";
    throw new Error(`error with upload content: ${problem} 'content', 'content_base64', or 'source' ${must} be set`);
  }
  if (plain !== "") return Buffer.from(plain);
  if (base64 !== "") return Buffer.from(base64, "base64");
  try {
    return readFileSync(source);
  } catch (error) {
    throw new Error(`could not read file: ${(error as Error).message}`, { cause: error });
  }
}

const mode = (upload: Values): number => {
  const permissions = word(upload["permissions"]);
  return permissions !== "" ? Number.parseInt(permissions, 8) : upload["executable"] === true ? 0o744 : 0o644;
};

const block = 512;

/** A ustar archive of one file; a path that does not fit its 100 bytes is preceded by a GNU long name. */
export function tarOf(path: string, content: Buffer, mode: number, owner: { user: number; group: number }): Buffer {
  const name = Buffer.from(path);
  const parts = [header(path, content.length, mode, owner, "0"), padded(content), Buffer.alloc(2 * block)];
  if (name.length <= 100) return Buffer.concat(parts);
  const long = Buffer.concat([name, Buffer.alloc(1)]);
  return Buffer.concat([header("././@LongLink", long.length, 0, { user: 0, group: 0 }, "L"), padded(long), ...parts]);
}

const padded = (content: Buffer): Buffer =>
  Buffer.concat([content, Buffer.alloc((block - (content.length % block)) % block)]);

function header(
  path: string,
  size: number,
  mode: number,
  owner: { user: number; group: number },
  type: string,
): Buffer {
  const head = Buffer.alloc(block);
  const octal = (value: number, at: number, width: number): void =>
    void head.write(value.toString(8).padStart(width - 1, "0"), at, "ascii");
  Buffer.from(path).copy(head, 0, 0, 100);
  octal(mode, 100, 8);
  octal(owner.user, 108, 8);
  octal(owner.group, 116, 8);
  octal(size, 124, 12);
  octal(Math.floor(Date.now() / 1000), 136, 12);
  head.write(" ".repeat(8), 148, "ascii");
  head.write(type, 156, "ascii");
  head.write("ustar\0" + "00", 257, "ascii");
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(sum.toString(8).padStart(6, "0") + "\0 ", 148, "ascii");
  return head;
}
