/** Which texts pin an SSH server's key, and which keys they accept; how a program's words survive the server's shell. */
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fingerprintOf, isPinned, readHostKey } from "../../components/live/reach/hostKey";
import { commandLine } from "../../components/live/reach/ssh";

// github.com's ed25519 key, and its fingerprint as GitHub publishes both.
const LINE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
const FINGERPRINT = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU";
const key = Buffer.from(LINE.split(" ")[1] ?? "", "base64");

describe("a pinned host key", () => {
  it.each([
    ["a .pub file's line", `${LINE} root@tor1`],
    ["a line of known_hosts", `10.0.0.1 ${LINE}`],
    ["a fingerprint", FINGERPRINT],
  ])("%s accepts that key and no other", (_what, text) => {
    const pinned = readHostKey(text);
    expect(pinned?.fingerprint).toBe(FINGERPRINT);
    expect(pinned !== undefined && isPinned(key, pinned)).toBe(true);
    expect(pinned !== undefined && isPinned(Buffer.concat([key, Buffer.from("x")]), pinned)).toBe(false);
  });

  it.each(["", "yes", "SHA256:short", "MD5:16:27:ac", LINE.replace("ed25519 A", "rsa A"), LINE.slice(0, 40)])(
    "%j pins nothing",
    (text) => expect(readHostKey(text)).toBeUndefined(),
  );

  it("has the fingerprint that ssh-keygen prints", () => expect(fingerprintOf(key)).toBe(FINGERPRINT));
});

it("whatever words a program has, the server's shell gives it the same ones", () => {
  const word = fc.string().filter((text) => !text.includes("\0"));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 4 }), (words) => {
      const line = commandLine(["printf", "%s\\0", ...words], false);
      expect(execFileSync("sh", ["-c", line], { encoding: "utf8" })).toBe(
        (words.length > 0 ? words : [""]).map((one) => `${one}\0`).join(""),
      );
    }),
    { numRuns: 30 },
  );
});
