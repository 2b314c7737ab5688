/** Proves what a picture shows: every speaker, every session once, alike nodes as one, and nothing upon each other. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { forecast } from "../../components/forecast/forecast";
import { boxesOf } from "../../components/forecast/picture/boxes";
import { BOX, layoutOf } from "../../components/forecast/picture/layout";
import { picture } from "../../components/forecast/picture/svg";
import { arbitraryRouter } from "../networks/arbitrary/router";
import { ciliumRacks } from "../networks/ciliumRacks";
import { large } from "../networks/large";
import { selective } from "../networks/selective";

const sessionsIn = (svg: string) => svg.match(/class="session /g)?.length ?? 0;

describe("what is in it", () => {
  test("lab 003: seven speakers, two eBGP sessions of the spine, four iBGP sessions of the nodes", () => {
    const svg = picture(forecast(ciliumRacks()));
    for (const name of ["router0", "tor0", "tor1", "control-plane", "worker", "worker2", "worker3"]) {
      expect(svg).toContain(`>${name}</text>`);
    }
    expect(svg.match(/class="session up ebgp"/g)).toHaveLength(2);
    expect(svg.match(/class="session up ibgp"/g)).toHaveLength(4);
    expect(svg).toContain("6 of 6 sessions up");
  });

  test("a router stands above its nodes, and a spine above the routers", () => {
    const boxes = layoutOf(boxesOf(forecast(ciliumRacks())), () => 0).boxes;
    const y = (name: string) => boxes.find(({ speakers }) => speakers[0]?.name === name)?.y ?? NaN;
    expect(y("router0")).toBeLessThan(y("tor0"));
    expect(y("tor0")).toBeLessThan(y("worker"));
    expect(y("worker")).toBe(y("worker3"));
  });

  test("a session that stays down is drawn as down", () => {
    const network = ciliumRacks();
    const tor = network.speakers.find(({ name }) => name === "tor0");
    if (tor !== undefined) tor.down = true;
    const svg = picture(forecast(network));
    expect(svg.match(/class="session down/g)).toHaveLength(3);
  });

  test("many alike workers of a rack are one box, and every one is drawn when asked for", () => {
    const network = large({ nodes: 30 });
    const folded = picture(forecast(network));
    const nodes = network.speakers.filter(({ role }) => role === "node");
    expect(folded).toMatch(/>\d+ nodes<\/text>/);
    expect(sessionsIn(folded)).toBeLessThan(60);
    const each = picture(forecast(network), { all: true });
    for (const { name } of nodes) expect(each).toContain(`>${name}</text>`);
  });

  test("names that are no XML do not end the picture", () => {
    const svg = picture(forecast(selective()), { title: 'a <b> & "c"' });
    expect(svg).toContain("<title>a &lt;b&gt; &amp; ");
  });
});

test("boxes never lie upon each other, and the same network gives the same picture", () => {
  fc.assert(
    fc.property(arbitraryRouter("frr"), (network) => {
      const { boxes, width, height } = layoutOf(boxesOf(forecast(network), { all: true }), () => 0);
      boxes.forEach((box, index) => {
        expect(box.x >= 0 && box.x + BOX.width <= width && box.y >= 0 && box.y + BOX.height <= height).toBe(true);
        for (const other of boxes.slice(0, index)) {
          expect(Math.abs(other.x - box.x) >= BOX.width || Math.abs(other.y - box.y) >= BOX.height).toBe(true);
        }
      });
      expect(picture(forecast(network))).toBe(picture(forecast(network)));
    }),
    { numRuns: 60 },
  );
});
