/**
 * X.509 certificates of one cluster, all of them made from one seed: the same seed and subject give the same key and the
 * same bytes, so that a program which makes them again changes nothing. Keys are Ed25519, whose signatures hold no chance.
 * Node reads certificates but cannot write them; the DER for the one shape that is needed stands here.
 */
import { createECDH, createHash, createPrivateKey, createPublicKey, hkdfSync, sign, type KeyObject } from "node:crypto";
import { isIP, isIPv4 } from "node:net";
import { type Address, addressToBigint } from "../model/address";
import type { KeyPair } from "../agent/settings";

/** What all keys of a cluster come from. */
export interface Seed {
  /** 32 random bytes, base64. */
  secret: string;
  /** When certificates begin to hold, ISO 8601. */
  issued: string;
}

export interface Subject {
  commonName: string;
  /** Kubernetes reads these as the user's groups. */
  organizations?: string[];
  /** DNS names and IPv4 addresses that the certificate serves for; a client's has none. */
  names?: string[];
}

const AUTHORITY = "bgpfabric cluster authority";
const YEARS = 10;
const ED25519 = sequence(oid("1.3.101.112"));
/** PKCS#8 around the 32 bytes of an Ed25519 key (RFC 8410). */
const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");

/** The certificate that all others of the seed are signed with. */
export function authorityCertificate(seed: Seed): string {
  const key = keyOf(seed, AUTHORITY);
  const extensions = [
    extension("2.5.29.19", true, sequence(tlv(0x01, Buffer.from([0xff])))),
    // keyCertSign and cRLSign: bits 5 and 6.
    extension("2.5.29.15", true, tlv(0x03, Buffer.from([1, 0b0000_0110]))),
    extension("2.5.29.14", false, tlv(0x04, keyId(key))),
  ];
  return certificate(seed, { commonName: AUTHORITY }, key, extensions);
}

/** A key and its certificate, signed by the seed's authority. */
export function issue(seed: Seed, subject: Subject): KeyPair {
  const key = keyOf(seed, JSON.stringify(subject));
  const serves = (subject.names?.length ?? 0) > 0;
  const purposes = serves ? ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"] : ["1.3.6.1.5.5.7.3.2"];
  const extensions = [
    extension("2.5.29.19", true, sequence()),
    // digitalSignature: bit 0.
    extension("2.5.29.15", true, tlv(0x03, Buffer.from([7, 0b1000_0000]))),
    extension("2.5.29.37", false, sequence(...purposes.map(oid))),
    extension("2.5.29.14", false, tlv(0x04, keyId(key))),
    extension("2.5.29.35", false, sequence(tlv(0x80, keyId(keyOf(seed, AUTHORITY))))),
    ...(serves ? [extension("2.5.29.17", false, sequence(...(subject.names ?? []).map(alternativeName)))] : []),
  ];
  return {
    key: key.export({ type: "pkcs8", format: "pem" }).toString(),
    certificate: certificate(seed, subject, key, extensions),
  };
}

/** What service account tokens are signed with: the API server takes no Ed25519 key for that, so this one is P-256. */
export function signingKey(seed: Seed): { key: string; publicKey: string } {
  const ecdh = createECDH("prime256v1");
  const scalar = derive(seed, "service accounts");
  ecdh.setPrivateKey(scalar);
  const point = ecdh.getPublicKey();
  const key = createPrivateKey({
    format: "jwk",
    key: {
      kty: "EC",
      crv: "P-256",
      d: scalar.toString("base64url"),
      x: point.subarray(1, 33).toString("base64url"),
      y: point.subarray(33).toString("base64url"),
    },
  });
  return {
    key: key.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKey: createPublicKey(key).export({ type: "spki", format: "pem" }).toString(),
  };
}

function keyOf(seed: Seed, label: string): KeyObject {
  return createPrivateKey({
    key: Buffer.concat([PKCS8_ED25519, derive(seed, label)]),
    format: "der",
    type: "pkcs8",
  });
}

function derive(seed: Seed, label: string): Buffer {
  if (typeof seed.secret !== "string") {
    throw new Error(
      "the cluster's authority has no secret: a program on Pulumi's mocks needs those of bgpfabric/testing (mockProviders)",
    );
  }
  return Buffer.from(hkdfSync("sha256", Buffer.from(seed.secret, "base64"), "bgpfabric", label, 32));
}

function certificate(seed: Seed, subject: Subject, key: KeyObject, extensions: Buffer[]): string {
  const from = new Date(seed.issued);
  const until = new Date(from);
  until.setUTCFullYear(until.getUTCFullYear() + YEARS);
  const body = sequence(
    tlv(0xa0, integer(Buffer.from([2]))),
    integer(serialNumber(subject)),
    ED25519,
    name({ commonName: AUTHORITY }),
    sequence(time(from), time(until)),
    name(subject),
    createPublicKey(key).export({ type: "spki", format: "der" }),
    tlv(0xa3, sequence(...extensions)),
  );
  const signature = sign(null, body, keyOf(seed, AUTHORITY));
  const der = sequence(body, ED25519, tlv(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

/** One serial number a subject; positive, and no zero in front. */
function serialNumber(subject: Subject): Buffer {
  const bytes = createHash("sha256").update(JSON.stringify(subject)).digest().subarray(0, 16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

function keyId(key: KeyObject): Buffer {
  return createHash("sha1")
    .update(createPublicKey(key).export({ type: "spki", format: "der" }))
    .digest();
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
  const digits = addressToBigint(value as Address)
    .toString(16)
    .padStart(isIPv4(value) ? 8 : 32, "0");
  return tlv(0x87, Buffer.from(digits, "hex"));
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
