/** Lines of FRR's interfaces and of its BFD profiles. */
import { parseInterfaceAddress } from "../../model/prefix";
import type { Line } from "../ios/lines";
import { harmless, put, take, takeNumber, unknown, type Build } from "../ios/reading";
import type { Block } from "./blocks";

export function readInterfaceLine(b: Build, name: string, line: Line): void {
  const [first, second, third] = line.words;
  const own = b.interfaces.get(name);
  if (own === undefined) return;
  if (first === "shutdown") put(own, "down", true, line.no);
  else if ((first === "ip" || first === "ipv6") && second === "address" && third !== undefined) {
    const parsed = take(b, line, parseInterfaceAddress(third));
    if (parsed === undefined) return;
    const text = `${parsed.address}/${parsed.length}`;
    own.addresses = own.addresses.filter((known) => known !== text);
    if (!line.no) own.addresses.push(text);
  } else if (first === "pbr-policy") unknown(b, line);
  else harmless(b, line, first === "description" ? "free text" : "an interface's setting of another protocol");
}

export function readBfdLine(b: Build, block: Block & { kind: "bfd" }, line: Line): Block {
  const [first, value] = line.words;
  if (first === "profile" && value !== undefined) {
    if (!b.bfdProfiles.has(value)) b.bfdProfiles.set(value, {});
    return { kind: "bfd", profile: value };
  }
  const profile = block.profile === undefined ? undefined : b.bfdProfiles.get(block.profile);
  if (first === "detect-multiplier" && profile !== undefined) {
    put(profile, "multiplier", takeNumber(b, line, value, 2, 255), line.no);
  } else if ((first === "transmit-interval" || first === "receive-interval") && profile !== undefined) {
    const interval = takeNumber(b, line, value, 10, 4294967);
    if (interval !== undefined) profile.minimumInterval = Math.max(interval, profile.minimumInterval ?? 0);
  } else harmless(b, line, "a BFD session's own setting");
  return block;
}
