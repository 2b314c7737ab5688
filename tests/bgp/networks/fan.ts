/** Two neighbors lead to one prefix, and an FRR passes both paths on by ADD-PATH, by a policy where one is named. */
import { blackhole, to, type Sketch } from "./build";

export const fan = (prefix: string, version: string, exportPolicy?: "OUT"): Record<string, Sketch> => ({
  hub: {
    dialect: { system: "frr", version, profile: "datacenter" },
    asn: 65001,
    at: ["l 10.0.0.1/24"],
    policies: { OUT: { terms: [{ seq: 10, action: "accept" }], otherwise: "reject" } },
    neighbors: [
      to("10.0.0.11", 65011),
      to("10.0.0.12", 65012),
      to("10.0.0.9", 65001, {}, { addPath: { send: "all" }, ...(exportPolicy === undefined ? {} : { exportPolicy }) }),
    ],
  },
  n1: { asn: 65011, at: ["l 10.0.0.11/24"], neighbors: [to("10.0.0.1", 65001)], ...blackhole(prefix) },
  n2: { asn: 65012, at: ["l 10.0.0.12/24"], neighbors: [to("10.0.0.1", 65001)], ...blackhole(prefix) },
  far: { asn: 65001, at: ["l 10.0.0.9/24"], neighbors: [to("10.0.0.1", 65001)] },
});
