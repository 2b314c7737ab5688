/** Wrong fabrics: every mistake of a call in one error, before anything is registered. Each mistake by itself is tests/plan's. */
import { describe, expect, it } from "vitest";
import { LeafSpineFabric, MultiSiteFabric, type SiteSpec, UserError } from "../../components";
import { record } from "./recorder";

const spine = { name: "spine-1", os: "frr" as const, asn: 64900 };
const leaf = (name: string, segment: string, address: string, asn?: number) => ({
  name,
  segments: [segment],
  router: { os: "frr" as const, address, ...(asn === undefined ? {} : { asn }) },
});
const site = (name: string, asn: number, summary: string): SiteSpec => ({
  name,
  asn,
  leaves: [leaf(`${name}-rack`, "10.1.20.0/26", "10.1.20.1")],
  summaries: [summary],
});

async function refusal(call: () => unknown): Promise<{ said: string[]; registered: number }> {
  let said: string[] = [];
  const registered = await record(() => {
    try {
      call();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      said = error.faults.map(({ path }) => path.replace(/^new \w+\("\w+"\): /, ""));
    }
  });
  return { said, registered: registered.length };
}

describe("nothing is registered, and all faults come together", () => {
  it("of a LeafSpineFabric: an ASN twice, a name twice, a leaf's address elsewhere", async () => {
    const leaves = [
      leaf("rack-a", "10.0.20.0/26", "10.0.20.1", 64901),
      leaf("rack-a", "10.0.20.64/26", "10.0.20.1", 64901),
    ];
    const { said, registered } = await refusal(() => new LeafSpineFabric("dc", { spines: [spine], leaves }));
    expect(registered).toBe(0);
    expect(said).toEqual(["leaves[1].name", "leaves[1].router.asn", 'leaves[1]: new Rack("rack-a"): router.address']);
  });

  it("of a MultiSiteFabric: ASN blocks and summaries that overlap, a preferred site that is none", async () => {
    const sites = [site("east", 64520, "10.96.0.0/13"), site("west", 64525, "10.96.128.0/17")];
    const { said, registered } = await refusal(() => new MultiSiteFabric("dci", { sites, prefer: { site: "south" } }));
    expect(registered).toBe(0);
    expect(said).toEqual(["sites[1].asn", "prefer.site", "sites[1].summaries[0]"]);
  });
});
