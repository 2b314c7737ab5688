/** The pinned key of an SSH server, and whether the key that a server shows is that one. Pure. */
import { createHash, timingSafeEqual } from "node:crypto";

export interface PinnedKey {
  fingerprint: string;
  /** "ssh-ed25519", where the whole key is pinned: the server is asked for this kind alone. */
  type?: string;
}

const FINGERPRINT = /^SHA256:[A-Za-z0-9+/]{43}$/;
const KEY = /(?:^|\s)((?:ssh|ecdsa|sk)-[a-z0-9@.-]+)\s+([A-Za-z0-9+/]{40,}={0,2})(?:\s|$)/;

/** Undefined for a text that is neither a public key nor its fingerprint. */
export function readHostKey(text: string): PinnedKey | undefined {
  const wanted = text.trim();
  if (FINGERPRINT.test(wanted)) return { fingerprint: wanted };
  const match = KEY.exec(wanted);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const key = Buffer.from(match[2], "base64");
  // The key itself begins with its kind: a line that was cut or mixed up does not.
  return keyType(key) === match[1] ? { fingerprint: fingerprintOf(key), type: match[1] } : undefined;
}

export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

/** The kind that a key in SSH's wire form names. */
export function keyType(key: Buffer): string {
  const length = key.length >= 4 ? key.readUInt32BE(0) : 0;
  return key.subarray(4, 4 + length).toString("latin1");
}

export function isPinned(key: Buffer, { fingerprint }: PinnedKey): boolean {
  const [shown, wanted] = [Buffer.from(fingerprintOf(key)), Buffer.from(fingerprint)];
  return shown.length === wanted.length && timingSafeEqual(shown, wanted);
}
