/** Proves how the instances of inotify that kind's nodes take are counted; what one node takes is measured in the lab. */
import { describe, expect, it } from "vitest";
import { roomFaults } from "../../components/live/kindRoom";

const two = {
  clusters: [
    { name: "demo-a", nodes: 4 },
    { name: "demo-b", nodes: 4 },
  ],
};
const machine = { limit: 128, taken: 0, standing: {} };

describe("the machine's instances of inotify", () => {
  it("are enough for two clusters of four nodes where nothing else takes any", () => {
    expect(roomFaults(two, machine)).toEqual([]);
  });

  it("are too few beside 20 that are taken: the fault has the limit, what is left, and what each cluster takes", () => {
    const [fault, ...others] = roomFaults(two, { ...machine, taken: 20 });
    expect(others).toEqual([]);
    expect(fault?.reason).toContain("122 instances of inotify (demo-a, 4 nodes, 61; demo-b, 4 nodes, 61)");
    expect(fault?.reason).toContain("108 are left: the machine gives root 128");
    expect(fault?.reason).toContain("fs.inotify.max_user_instances");
  });

  it("are not asked for again by nodes that stand: theirs are among those that are taken", () => {
    const standing = { "demo-a": 4, "demo-b": 4 };
    expect(roomFaults(two, { limit: 128, taken: 124, standing })).toEqual([]);
    expect(roomFaults(two, { limit: 128, taken: 67, standing: { "demo-a": 4 } })).toEqual([]);
    expect(roomFaults(two, { limit: 128, taken: 68, standing: { "demo-a": 4 } })).toHaveLength(1);
  });
});
