/** Names in a links file that lead nowhere: an end's router or node that nothing describes, an interface nobody has. */
import type { Links } from "../components/config/lab/links";
import type { Fault } from "../components/model/errors";
import { nearest, suggestion } from "../components/model/nearest";
import type { RouterText } from "./routers";

/** `others` are speakers whose interfaces no configuration text names: nodes, and those of a given Network. */
export function checkEnds(links: Links, routers: readonly RouterText[], others: readonly string[]): Fault[] {
  const texts = new Map(routers.map((router) => [router.name, router.text]));
  const names = [...texts.keys(), ...others];
  const faults: Fault[] = [];
  const ends = new Set([...links.links.flatMap((link) => link.ends), ...links.addresses.keys()]);
  for (const end of ends) {
    const colon = end.indexOf(":");
    const [name, port] = [end.slice(0, colon), end.slice(colon + 1)];
    const place = { path: end, ...links.places?.get(end) };
    const text = texts.get(name);
    if (text === undefined) {
      if (names.includes(name)) continue;
      faults.push({ ...place, found: name, expected: "the name of a router or node", fix: suggestion(name, names) });
    } else if (!links.addresses.has(end) && !mentions(text, port)) {
      const ports = portsOf(text);
      const near = nearest(port, ports);
      const fix = `${near === undefined ? "" : `did you mean ${near}? `}give it an address under "addresses" if the configuration lacks it`;
      faults.push({ ...place, found: port, expected: `an interface that the configuration of ${name} names`, fix });
    }
  }
  return faults;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

function mentions(text: string, port: string): boolean {
  return new RegExp(`(^|\\s)${escaped(port)}(\\s|$)`, "m").test(text);
}

function portsOf(text: string): string[] {
  return [...text.matchAll(/^\s*(?:interface|int) (\S+)|neighbor (\S+) interface/gm)].map(
    (match) => match[1] ?? match[2] ?? "",
  );
}
