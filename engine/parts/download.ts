/**
 * Official servers: asked only whether they answer within three seconds, and believed only with the checksum that
 * they publish.
 */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const PATIENCE_MS = 3000;

/** BGPFABRIC_OFFLINE=1 spares the question. */
export async function answersSoon(url: string): Promise<boolean> {
  if (process.env["BGPFABRIC_OFFLINE"] === "1") return false;
  try {
    const answer = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(PATIENCE_MS) });
    return answer.ok;
  } catch {
    return false;
  }
}

/** Downloads a file and compares it with its SHA-256, given as a bare sum or as a list of sums and names. */
export async function download(url: string, file: string, sumsUrl: string): Promise<void> {
  const sums = await fetch(sumsUrl, { signal: AbortSignal.timeout(30_000) });
  if (!sums.ok) throw new Error(`${sumsUrl} answered ${sums.status}`);
  const wanted = sumFor(await sums.text(), url.slice(url.lastIndexOf("/") + 1));
  if (wanted === undefined) throw new Error(`${sumsUrl} has no checksum for ${url}`);
  const answer = await fetch(url, { signal: AbortSignal.timeout(600_000) });
  if (!answer.ok || answer.body === null) throw new Error(`${url} answered ${answer.status}`);
  await pipeline(Readable.fromWeb(answer.body), fs.createWriteStream(file));
  const hash = createHash("sha256");
  await pipeline(fs.createReadStream(file), hash);
  const got = hash.digest("hex");
  if (got !== wanted) throw new Error(`${url} has checksum ${got}, published is ${wanted}`);
}

export function sumFor(text: string, name: string): string | undefined {
  for (const line of text.split("\n")) {
    const [sum, of] = line.trim().split(/\s+\*?/);
    if (sum !== undefined && /^[0-9a-f]{64}$/.test(sum) && (of === undefined || of === name)) return sum;
  }
  return undefined;
}
