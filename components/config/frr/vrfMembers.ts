/**
 * Which interfaces are a VRF's. With Linux' own VRFs the kernel knows, and FRR's file says nothing of it: an interface on
 * whose network a VRF's neighbors stand, and nobody of the device's own instance, is taken for one of that VRF.
 */
import { containsAddress, parseInterfaceAddress } from "../../model/prefix";
import { parseAddress, type Address } from "../../model/address";
import type { Build } from "../ios/reading";

export function placeVrfMembers(main: Build, vrfs: Iterable<Build>): void {
  const own = neighborsOf(main);
  for (const b of vrfs) {
    const known = [...b.interfaces.values()];
    const homeless = neighborsOf(b).filter((address) => !known.some((port) => isOn(port.addresses, address)));
    for (const [name, port] of main.interfaces) {
      // An unnumbered neighbor names its interface.
      if (b.neighbors.has(name) && !main.neighbors.has(name)) {
        main.interfaces.delete(name);
        b.interfaces.set(name, port);
        continue;
      }
      if (!homeless.some((address) => isOn(port.addresses, address))) continue;
      if (own.some((address) => isOn(port.addresses, address))) continue;
      main.interfaces.delete(name);
      b.interfaces.set(name, port);
      const what = `interface ${name} is taken for one of vrf ${b.vrf ?? ""}: to be sure, say \`interface ${name} vrf ${b.vrf ?? ""}\``;
      b.unmodelled.push({ what });
    }
  }
}

/** Addresses of neighbors, and one of each range that is listened on. */
function neighborsOf(b: Build): Address[] {
  const texts = [...b.neighbors.keys(), ...b.listen.map(({ prefix }) => prefix.split("/")[0] ?? "")];
  return texts.flatMap((text) => {
    const address = parseAddress(text);
    return address.ok ? [address.value] : [];
  });
}

function isOn(addresses: readonly string[], address: Address): boolean {
  return addresses.some((text) => {
    const parsed = parseInterfaceAddress(text);
    return parsed.ok && containsAddress(parsed.value.prefix, address);
  });
}
