/**
 * X.509 certificates from Node's own crypto: a private authority for one cluster and what it signs. Node can read
 * certificates but not write them, and what a lab cluster needs is one shape of certificate; the DER for it is here.
 */
import {
  X509Certificate,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
} from "node:crypto";
import { isIP, isIPv4 } from "node:net";

export interface KeyPair {
  /** PEM, PKCS#8. */
  key: string;
  /** PEM. */
  certificate: string;
}

export interface Subject {
  commonName: string;
  /** Kubernetes reads these as the user's groups. */
  organizations?: string[];
}

export interface CertificateRequest {
  subject: Subject;
  /** DNS names and IP addresses that the certificate stands for; with any, it serves, without, it is a client's. */
  names?: string[];
}

const YEARS = 10;
const ECDSA_WITH_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));

/** A self-signed authority. */
export function createAuthority(commonName: string, now = new Date()): KeyPair {
  const { publicKey, privateKey } = newKeys();
  const subject = { commonName };
  const id = keyId(publicKey);
  const extensions = [
    extension("2.5.29.19", true, sequence(tlv(0x01, Buffer.from([0xff])))),
    // keyCertSign and cRLSign: bits 5 and 6.
    extension("2.5.29.15", true, tlv(0x03, Buffer.from([1, 0b0000_0110]))),
    extension("2.5.29.14", false, tlv(0x04, id)),
  ];
  return {
    key: privateKey,
    certificate: signCertificate({ subject, issuer: subject, publicKey, extensions, signer: privateKey, now }),
  };
}

/** A certificate and its key, signed by the authority. */
export function issue(authority: KeyPair, request: CertificateRequest, now = new Date()): KeyPair {
  const { publicKey, privateKey } = newKeys();
  const issuerKey = createPublicKey(authority.certificate).export({ type: "spki", format: "der" });
  const serves = (request.names?.length ?? 0) > 0;
  const purposes = serves ? ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"] : ["1.3.6.1.5.5.7.3.2"];
  const extensions = [
    extension("2.5.29.19", true, sequence()),
    // digitalSignature: bit 0.
    extension("2.5.29.15", true, tlv(0x03, Buffer.from([7, 0b1000_0000]))),
    extension("2.5.29.37", false, sequence(...purposes.map(oid))),
    extension("2.5.29.14", false, tlv(0x04, keyId(publicKey))),
    extension("2.5.29.35", false, sequence(tlv(0x80, keyId(issuerKey)))),
    ...(serves ? [extension("2.5.29.17", false, sequence(...(request.names ?? []).map(alternativeName)))] : []),
  ];
  const issuer = { commonName: commonNameOf(authority) };
  return {
    key: privateKey,
    certificate: signCertificate({
      subject: request.subject,
      issuer,
      publicKey,
      extensions,
      signer: authority.key,
      now,
    }),
  };
}

/** A key pair without a certificate: what service account tokens are signed with. */
export function createSigningKey(): { key: string; publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", {
    namedCurve: "prime256v1",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  return { key: privateKey, publicKey };
}

interface ToBeSigned {
  subject: Subject;
  issuer: Subject;
  publicKey: Buffer;
  extensions: Buffer[];
  signer: string;
  now: Date;
}

function signCertificate({ subject, issuer, publicKey, extensions, signer, now }: ToBeSigned): string {
  // A clock that runs a little behind must not refuse a certificate made this minute.
  const from = new Date(now.getTime() - 3_600_000);
  const until = new Date(from);
  until.setUTCFullYear(until.getUTCFullYear() + YEARS);
  const body = sequence(
    tlv(0xa0, integer(Buffer.from([2]))),
    integer(serialNumber()),
    ECDSA_WITH_SHA256,
    name(issuer),
    sequence(time(from), time(until)),
    name(subject),
    publicKey,
    tlv(0xa3, sequence(...extensions)),
  );
  const signature = sign("sha256", body, createPrivateKey(signer));
  const der = sequence(body, ECDSA_WITH_SHA256, tlv(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function newKeys(): { publicKey: Buffer; privateKey: string } {
  return generateKeyPairSync("ec", {
    namedCurve: "prime256v1",
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
}

function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  // Never zero in front: a DER integer is written without padding.
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

/** The authority's name as it stands in its certificate; the issuer of what it signs must be the same. */
function commonNameOf(authority: KeyPair): string {
  // Node prints a subject one attribute a line.
  const subject = new X509Certificate(authority.certificate).subject;
  return /^CN=(.*)$/m.exec(subject)?.[1] ?? "";
}

function keyId(spki: Buffer): Buffer {
  return createHash("sha1").update(spki).digest();
}

function name(subject: Subject): Buffer {
  const attribute = (type: string, value: string) =>
    tlv(0x31, sequence(oid(type), tlv(0x0c, Buffer.from(value, "utf8"))));
  return sequence(
    ...(subject.organizations ?? []).map((group) => attribute("2.5.4.10", group)),
    attribute("2.5.4.3", subject.commonName),
  );
}

function alternativeName(value: string): Buffer {
  if (!isIP(value)) return tlv(0x82, Buffer.from(value, "ascii"));
  if (isIPv4(value)) return tlv(0x87, Buffer.from(value.split(".").map(Number)));
  throw new Error(`certificate: ${value}: only IPv4 addresses and DNS names are supported`);
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [tlv(0x01, Buffer.from([0xff]))] : []), tlv(0x04, value));
}

function time(date: Date): Buffer {
  // GeneralizedTime; RFC 5280 wants UTCTime before 2050.
  const digits = date.toISOString().replace(/[-:T]/g, "").slice(0, 14);
  return date.getUTCFullYear() < 2050
    ? tlv(0x17, Buffer.from(`${digits.slice(2)}Z`, "ascii"))
    : tlv(0x18, Buffer.from(`${digits}Z`, "ascii"));
}

function integer(value: Buffer): Buffer {
  const positive = (value[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), value]) : value;
  return tlv(0x02, positive);
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const groups = [part & 0x7f];
    for (let left = part >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tlv(0x06, Buffer.from(bytes));
}

function sequence(...parts: Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

function tlv(tag: number, value: Buffer): Buffer {
  const length: number[] = [];
  if (value.length < 0x80) length.push(value.length);
  else {
    const bytes: number[] = [];
    for (let left = value.length; left > 0; left >>>= 8) bytes.unshift(left & 0xff);
    length.push(0x80 | bytes.length, ...bytes);
  }
  return Buffer.concat([Buffer.from([tag, ...length]), value]);
}
