/** What `speakers` says of a policy, in the words of who reads it at night. */
import { expect, test } from "vitest";
import { policyWords, wholeNeighbor } from "../../cli/speakerWords";
import { readFrr } from "../../components/config/frr";

/** Of the route-map IN. */
function words(...lines: string[]): string {
  const { speaker, faults } = readFrr(["router bgp 65001", " bgp router-id 10.0.0.1", ...lines].join("\n"));
  expect(faults).toEqual([]);
  return policyWords(speaker, "IN");
}

test("conditions of one clause have to hold at once", () => {
  expect(words("route-map IN permit 10", " match ip address prefix-list DC", " match community LOCAL")).toBe(
    "prefix list DC and community list LOCAL",
  );
});

test("what is refused before the rest is taken is named", () => {
  expect(words("route-map IN deny 5", " match community BLACKHOLE", "route-map IN permit 10")).toBe(
    "not community list BLACKHOLE, everything else",
  );
  expect(words("route-map IN deny 5", "route-map IN permit 10")).toBe("nothing");
});

test("a policy that is called has the last word", () => {
  expect(words("route-map IN permit 10", " call TAG")).toBe("everything else that TAG takes");
});

test("FRR's traditional profile keeps routes out of a session with another AS that has no policy (RFC 8212)", () => {
  const told = (profile: string, as: string) => {
    const { speaker } = readFrr(
      `frr version 10.3\nfrr defaults ${profile}\nrouter bgp 65001\n bgp router-id 10.0.0.1\n neighbor 10.0.0.2 remote-as ${as}\n neighbor 10.0.0.2 prefix-list P out\n`,
    );
    const { imports, exports } = wholeNeighbor(speaker, speaker.neighbors[0] ?? {});
    return [imports, exports];
  };
  expect(told("traditional", "65002")).toEqual(["nothing (no policy, RFC 8212)", "prefix list P"]);
  expect(told("traditional", "external")[0]).toBe("nothing (no policy, RFC 8212)");
  expect(told("traditional", "65001")[0]).toBe("everything");
  expect(told("datacenter", "65002")[0]).toBe("everything");
});
