/** Lab 004's two sites: summaries alone cross, communities tell where from, prepending makes west preferred. */
import { describe, expect, test } from "vitest";
import { explain, stepNames } from "../../components/forecast/explain";
import { forecast } from "../../components/forecast/forecast";
import { orThrow } from "../../components/model/errors";
import { ANYCAST, twoSites } from "../networks/twoSites";

const sites = forecast(twoSites());

describe("between East (AS 64510) and West (AS 64520)", () => {
  test("sessions cross spine to spine only: Spine1 with Spine1, Spine2 with Spine2", () => {
    const crossing = sites.solution.sessions.filter(
      ({ up, ends }) => up && ends[0].speaker.slice(0, 4) !== ends[1]?.speaker.slice(0, 4),
    );
    expect(crossing.map(({ ends }) => ends.map(({ speaker }) => speaker))).toEqual([
      ["east-spine1", "west-spine1"],
      ["east-spine2", "west-spine2"],
    ]);
  });

  test("only the summary crosses, tagged as global by its origin", () => {
    const west = sites.routes("west-spine1");
    expect([...west.keys()].filter((prefix) => prefix.startsWith("10.244.") && !/\.(128|129)\./.test(prefix))).toEqual([
      "10.244.0.0/17",
    ]);
    expect(west.get("10.244.0.0/17")).toMatchObject({ asPath: [64510], communities: ["64510:200"] });
  });

  test("a pod of west reaches a pod of east by the summary, over both pairs of spines", () => {
    const way = orThrow(explain(sites, "west-leaf", "10.244.1.5"));
    expect(way.outcome).toBe("dropped");
    expect(stepNames(way)).toEqual([
      "west-leaf",
      "west-spine1 | west-spine2",
      "east-spine1 | east-spine2",
      "east-leaf",
    ]);
    // The leaf stands for its nodes here, and has the block as a blackhole.
    expect(way.endings.map(({ speaker }) => speaker)).toEqual(["east-leaf"]);
  });
});

describe("an anycast service in both sites", () => {
  test("each site uses its own", () => {
    const both = forecast(twoSites({ anycast: true }));
    expect(both.routes("east-spine1").get(ANYCAST)?.from).toEqual(["east-leaf"]);
    expect(both.routes("west-spine1").get(ANYCAST)?.from).toEqual(["west-leaf"]);
  });

  test("East prepends 64510 three times: a third site behind prefers West's, shorter by three", () => {
    const prepended = forecast(twoSites({ anycast: true, prepend: 3 }));
    const seen = prepended.solution.table("west-spine1").rib.get(ANYCAST) ?? [];
    expect(seen.map(({ from, asPath, best }) => [from?.speaker, asPath, best])).toEqual([
      ["west-leaf", [64521], true],
      ["east-spine1", [64510, 64510, 64510, 64510, 64511], false],
    ]);
    const alone = forecast(twoSites({ anycast: true, prepend: 3, downEastService: true }));
    expect(alone.routes("east-spine1").get(ANYCAST)?.from).toEqual(["west-spine1"]);
  });
});
