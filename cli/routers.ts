/** Router configurations read as their systems would. */
import type { NetworkPiece } from "../components/bgp/combine";
import { readEos } from "../components/config/eos";
import { readFrr } from "../components/config/frr";
import { foreignSign } from "../components/config/ios/foreign";
import type { SecretNames } from "../components/config/ios/reading";
import type { Links } from "../components/config/lab/links";
import type { Fault } from "../components/model/errors";
import { readText } from "./files";
import type { RouterInput } from "./inputTypes";

export interface RouterText {
  name: string;
  file: string;
  text: string;
}

export interface RoutersRead {
  parts: NetworkPiece[];
  texts: RouterText[];
  faults: Fault[];
}

function otherSystem(system: RouterInput["system"], name: string): string {
  const other = system === "frr" ? "eos" : "frr";
  return `say --${other} ${name}=FILE, or "system: ${other}" in bgpfabric.yaml`;
}

const READERS = { frr: readFrr, eos: readEos };

export function readRouters(routers: readonly RouterInput[], links: Links, secrets: SecretNames): RoutersRead {
  const read: RoutersRead = { parts: [], texts: [], faults: [] };
  for (const { name, file, system, version, profile } of routers) {
    const text = readText(file);
    if (!text.ok) {
      read.faults.push(...text.faults);
      continue;
    }
    const reading = READERS[system](text.value.text, {
      name,
      file: text.value.file,
      secrets,
      links,
      ...(version === undefined ? {} : { version }),
      ...(profile === undefined ? {} : { profile }),
    });
    const foreign = reading.faults.length > 0 && foreignSign(text.value.text, system) !== undefined;
    read.faults.push(...reading.faults.map((each) => (foreign ? { ...each, fix: otherSystem(system, name) } : each)));
    read.texts.push({ name, file: text.value.file, text: text.value.text });
    if (reading.faults.length === 0) read.parts.push({ speakers: reading.speakers, segments: reading.segments });
  }
  return read;
}
