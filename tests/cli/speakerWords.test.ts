/** What `speakers` says of a policy, in the words of who reads it at night. */
import { expect, test } from "vitest";
import { policyWords } from "../../cli/speakerWords";
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
