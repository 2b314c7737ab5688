/** The receipt of a gate that passed: what was promised beside what was seen. */
import { describe, expect, it } from "vitest";
import { type Receipt, receiptJson, receiptMarkdown } from "../../components/live/receipt";

const receipt: Receipt = {
  bgpfabric: "0.1.0",
  clusters: { k01: "calico 3.32" },
  forecast: {
    sessions: [
      "a 10.0.0.1 - b 10.0.0.2: up ebgp AS 1 - 2 ipv4",
      "a 10.0.0.1 - c 10.0.0.3: down (no-neighbor at a) ebgp AS 1 - 3",
    ],
    routes: ["b 10.1.0.0/24: ebgp via 10.0.0.1, path 1"],
    nodeRoutes: [],
  },
  live: { seconds: 4.2, looks: 9, versions: { b: "FRR 8.4.4" }, established: 1, routes: 1, nodeRoutes: 0 },
  answers: ["http://10.1.0.1/ from b: 200"],
};

describe("a receipt", () => {
  it("for people: seconds, figures beside the forecast's, lines, answers, versions", () => {
    const text = receiptMarkdown(receipt);
    expect(text).toContain("It became so after 4.2 s and 9 looks.");
    // A session that is forecast down is no session to count.
    expect(text).toContain("| sessions up | 1 | 1 |");
    expect(text).toContain("## Answers\n\n```text\nhttp://10.1.0.1/ from b: 200\n```");
    expect(text).toContain("- b: FRR 8.4.4");
    expect(text).not.toContain("## Routes at nodes");
  });

  it("for programs: the whole of it", () => {
    expect(JSON.parse(receiptJson(receipt))).toEqual(receipt);
  });
});
