/** Certificates of the tests' own switch: an authority, the switch's own, signed by it for 127.0.0.1, and another authority. */
import { X509Certificate } from "node:crypto";
import { authorityCertificate, issue } from "../../components/live/certificate";

export interface Certificates {
  authority: string;
  key: string;
  certificate: string;
  /** SHA-256, "AB:CD:..." */
  fingerprint: string;
  anotherAuthority: string;
  anotherFingerprint: string;
}

const ISSUED = "2026-01-01T00:00:00Z";
const seed = (text: string) => ({ secret: Buffer.alloc(32, text).toString("base64"), issued: ISSUED });

export function certificates(): Certificates {
  const { key, certificate } = issue(seed("switch"), { commonName: "tor1", names: ["127.0.0.1"] });
  const anotherAuthority = authorityCertificate(seed("another"));
  return {
    authority: authorityCertificate(seed("switch")),
    key,
    certificate,
    fingerprint: new X509Certificate(certificate).fingerprint256,
    anotherAuthority,
    anotherFingerprint: new X509Certificate(anotherAuthority).fingerprint256,
  };
}
