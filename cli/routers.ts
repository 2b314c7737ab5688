/** Router configurations read as their systems would. */
import type { NetworkPiece } from "../components/bgp/combine";
import { readEos } from "../components/config/eos";
import { readFrr } from "../components/config/frr";
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
    read.faults.push(...reading.faults);
    read.texts.push({ name, file: text.value.file, text: text.value.text });
    if (reading.faults.length === 0) read.parts.push({ speakers: reading.speakers, segments: reading.segments });
  }
  return read;
}
