/**
 * BGP messages as far as a listener needs them (RFC 4271, 4760, 6793, 1997, 8092): its own OPEN, and what an OPEN and an
 * UPDATE of the other side say. It decodes unicast routes of both families and keeps attributes as the forecast names them.
 */
import { orThrow } from "../../components/model/errors";
import { parseAddress } from "../../components/model/address";
import { parseAnyCommunity } from "../../components/model/community";
import { makePrefix } from "../../components/model/prefix";

export const MESSAGE = { open: 1, update: 2, notification: 3, keepalive: 4 } as const;
const HEADER = 19;
/** Stands in the two bytes of an OPEN for an ASN that needs four (RFC 6793). */
const AS_TRANS = 23456;

export interface Open {
  asn: number;
  hold: number;
  routerId: string;
  /** Unicast families: "ipv4", "ipv6". An OPEN that names none at all means IPv4. */
  families: string[];
  /** Seconds of graceful restart, where the OPEN has the capability. */
  restartTime?: number;
}

export interface Announced {
  prefix: string;
  nextHop: string;
  asPath: number[];
  origin: string;
  med?: number;
  localPreference?: number;
  communities: string[];
  largeCommunities: string[];
}

export interface Update {
  announced: Announced[];
  withdrawn: string[];
}

/** The messages that stand whole at the buffer's start, and what is left. */
export function split(buffer: Buffer): { messages: { type: number; body: Buffer }[]; rest: Buffer } {
  const messages: { type: number; body: Buffer }[] = [];
  let at = 0;
  while (buffer.length - at >= HEADER) {
    const length = buffer.readUInt16BE(at + 16);
    if (buffer.length - at < length) break;
    messages.push({ type: buffer.readUInt8(at + 18), body: buffer.subarray(at + HEADER, at + length) });
    at += length;
  }
  return { messages, rest: buffer.subarray(at) };
}

export function message(type: number, body: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(HEADER, 0xff);
  head.writeUInt16BE(HEADER + body.length, 16);
  head.writeUInt8(type, 18);
  return Buffer.concat([head, body]);
}

export function openOf({ asn, hold, routerId }: Pick<Open, "asn" | "hold" | "routerId">): Buffer {
  const four = Buffer.alloc(4);
  four.writeUInt32BE(asn);
  const capabilities = Buffer.concat([
    capability(1, Buffer.from([0, 1, 0, 1])),
    capability(1, Buffer.from([0, 2, 0, 1])),
    capability(2, Buffer.alloc(0)),
    capability(65, four),
  ]);
  const fixed = Buffer.alloc(10);
  fixed.writeUInt8(4, 0);
  fixed.writeUInt16BE(asn > 0xffff ? AS_TRANS : asn, 1);
  fixed.writeUInt16BE(hold, 3);
  routerId.split(".").forEach((part, index) => fixed.writeUInt8(Number(part), 5 + index));
  fixed.writeUInt8(capabilities.length + 2, 9);
  return message(MESSAGE.open, Buffer.concat([fixed, Buffer.from([2, capabilities.length]), capabilities]));
}

function capability(code: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([code, value.length]), value]);
}

export function readOpen(body: Buffer): Open {
  const open: Open = {
    asn: body.readUInt16BE(1),
    hold: body.readUInt16BE(3),
    routerId: [...body.subarray(5, 9)].join("."),
    families: [],
  };
  let multiprotocol = false;
  for (const [kind, parameters] of pairs(body.subarray(10))) {
    if (kind !== 2) continue;
    for (const [code, value] of pairs(parameters)) {
      if (code === 1) {
        multiprotocol = true;
        const family = familyOf(value.readUInt16BE(0), value.readUInt8(3));
        if (family !== undefined) open.families.push(family);
      } else if (code === 65) open.asn = value.readUInt32BE(0);
      else if (code === 64 && value.length >= 2) open.restartTime = value.readUInt16BE(0) & 0x0fff;
    }
  }
  if (!multiprotocol) open.families.push("ipv4");
  open.families.sort();
  return open;
}

function familyOf(afi: number, safi: number): "ipv4" | "ipv6" | undefined {
  return safi !== 1 ? undefined : afi === 1 ? "ipv4" : afi === 2 ? "ipv6" : undefined;
}

/** Code, one byte of length, value. */
function* pairs(buffer: Buffer): Generator<[number, Buffer]> {
  let at = 0;
  while (at + 2 <= buffer.length) {
    const end = at + 2 + buffer.readUInt8(at + 1);
    yield [buffer.readUInt8(at), buffer.subarray(at + 2, end)];
    at = end;
  }
}

export function readUpdate(body: Buffer): Update {
  const withdrawnEnd = 2 + body.readUInt16BE(0);
  const attributesEnd = withdrawnEnd + 2 + body.readUInt16BE(withdrawnEnd);
  const withdrawn = prefixes(body.subarray(2, withdrawnEnd), false);
  const path: Omit<Announced, "prefix"> = {
    nextHop: "",
    asPath: [],
    origin: "",
    communities: [],
    largeCommunities: [],
  };
  const announced: { prefix: string; nextHop?: string }[] = prefixes(body.subarray(attributesEnd), false).map(
    (prefix) => ({ prefix }),
  );
  for (const [type, value] of attributes(body.subarray(withdrawnEnd + 2, attributesEnd))) {
    switch (type) {
      case 1:
        path.origin = ["igp", "egp", "incomplete"][value.readUInt8(0)] ?? "?";
        break;
      case 2:
        path.asPath = asPath(value);
        break;
      case 3:
        path.nextHop = [...value].join(".");
        break;
      case 4:
        path.med = value.readUInt32BE(0);
        break;
      case 5:
        path.localPreference = value.readUInt32BE(0);
        break;
      case 8:
        path.communities = chunks(value, 4).map((one) => named(`${one.readUInt16BE(0)}:${one.readUInt16BE(2)}`));
        break;
      case 32:
        path.largeCommunities = chunks(value, 12).map((one) =>
          [one.readUInt32BE(0), one.readUInt32BE(4), one.readUInt32BE(8)].join(":"),
        );
        break;
      case 14: {
        const family = familyOf(value.readUInt16BE(0), value.readUInt8(2));
        const length = value.readUInt8(3);
        if (family === undefined) break;
        const hop = value.subarray(4, 4 + length);
        const nextHop = length === 4 ? [...hop].join(".") : address6(hop.subarray(0, 16));
        for (const prefix of prefixes(value.subarray(5 + length), family === "ipv6"))
          announced.push({ prefix, nextHop });
        break;
      }
      case 15: {
        const family = familyOf(value.readUInt16BE(0), value.readUInt8(2));
        if (family !== undefined) withdrawn.push(...prefixes(value.subarray(3), family === "ipv6"));
        break;
      }
    }
  }
  path.communities.sort();
  path.largeCommunities.sort();
  return {
    announced: announced.map(({ prefix, nextHop = path.nextHop }) => ({ ...path, prefix, nextHop })),
    withdrawn,
  };
}

function* attributes(buffer: Buffer): Generator<[number, Buffer]> {
  let at = 0;
  while (at + 3 <= buffer.length) {
    const long = (buffer.readUInt8(at) & 0x10) !== 0;
    const start = at + (long ? 4 : 3);
    const end = start + (long ? buffer.readUInt16BE(at + 2) : buffer.readUInt8(at + 2));
    yield [buffer.readUInt8(at + 1), buffer.subarray(start, end)];
    at = end;
  }
}

/** Four bytes an ASN: the listener's OPEN says that it reads them. */
function asPath(value: Buffer): number[] {
  const asns: number[] = [];
  let at = 0;
  while (at + 2 <= value.length) {
    const count = value.readUInt8(at + 1);
    for (let index = 0; index < count; index++) asns.push(value.readUInt32BE(at + 2 + 4 * index));
    at += 2 + 4 * count;
  }
  return asns;
}

function prefixes(buffer: Buffer, v6: boolean): string[] {
  const found: string[] = [];
  let at = 0;
  while (at < buffer.length) {
    const length = buffer.readUInt8(at);
    const bytes = Math.ceil(length / 8);
    const full = Buffer.alloc(v6 ? 16 : 4);
    buffer.copy(full, 0, at + 1, at + 1 + bytes);
    const address = orThrow(parseAddress(v6 ? address6(full) : [...full].join(".")));
    found.push(makePrefix(address, length));
    at += 1 + bytes;
  }
  return found;
}

function address6(bytes: Buffer): string {
  const text = chunks(bytes, 2)
    .map((one) => one.readUInt16BE(0).toString(16))
    .join(":");
  return orThrow(parseAddress(text));
}

function chunks(buffer: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.floor(buffer.length / size) }, (_, index) =>
    buffer.subarray(index * size, (index + 1) * size),
  );
}

function named(community: string): string {
  return orThrow(parseAnyCommunity(community)).community;
}
