/** Which next hops BIRD's kernel protocol takes: the networks of tests/fidelity, whose answers real daemons gave. */
import { describe, expect, test } from "vitest";
import { forecast } from "../../components/forecast/forecast";
import { ruled } from "../fidelity/ruled";

const hops = (name: string): string[] => {
  const network = ruled[name];
  if (network === undefined) throw new Error(`no network "${name}"`);
  return (
    forecast(network)
      .solution.table("s1")
      .fib.get("172.17.0.0/24")
      ?.nextHops.map(({ address }) => address ?? "") ?? []
  );
};

describe("of BIRD's equal paths", () => {
  test("sixteen next hops stay, the lowest addresses, even where the best path's is another", () => {
    const found = hops("seventeen next hops at BIRD, whose kernel takes sixteen");
    expect(found).toHaveLength(16);
    expect(found).toContain("10.0.15.3");
    expect(found).not.toContain("10.0.16.2");
  });

  test("a next hop that seventeen sessions name counts once", () => {
    expect(hops("one next hop heard seventeen times at BIRD, and one heard once")).toEqual(["10.0.0.4", "10.0.0.5"]);
  });
});
