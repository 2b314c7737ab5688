/** When a lab counts as settled, with answers made up: the daemons' own take minutes to come to the moment in question. */
import { expect, test } from "vitest";
import type { Lab } from "./lab";
import type { Live } from "./live";
import { settle } from "./settle";

const lab = (): Lab => ({
  network: { version: 1, speakers: [], segments: [] },
  roots: { bookworm: "" },
  id: "t",
  started: Date.now() - 10_000,
});

const having = (prefixes: string[]): Live => ({
  a: { sessions: {}, rib: Object.fromEntries(prefixes.map((prefix) => [prefix, []])), kernel: {} },
});

/** A neighbor's routes are let go while the daemons are being read: after the tables, and before who holds what is asked. */
test("routes that a BIRD lets go between two questions are not taken for what stays", async () => {
  const begun = Date.now();
  let letGo = false;
  const { live, quiet } = await settle(lab(), {}, 60_000, {
    sessions: () => Promise.resolve({}),
    holds: () => Promise.resolve(!letGo),
    all: () => {
      const now = having(letGo ? [] : ["203.0.113.0/24"]);
      if (Date.now() - begun > 3_000) letGo = true;
      return Promise.resolve(now);
    },
  });
  expect(quiet).toBe(true);
  expect(live).toEqual(having([]));
});

test("neighbors in another order each time are the same answer", async () => {
  let asked = 0;
  const peers = { "10.0.2.3": true, "10.0.0.2": false };
  const { quiet } = await settle(lab(), {}, 12_000, {
    sessions: () => Promise.resolve({}),
    holds: () => Promise.resolve(false),
    all: () => {
      const entries = Object.entries(peers);
      const sessions = Object.fromEntries(asked++ % 2 === 0 ? entries : entries.reverse());
      return Promise.resolve({ a: { sessions, rib: {}, kernel: {} } });
    },
  });
  expect(quiet).toBe(true);
});

/** A prefix that comes and goes, beside one that stays. */
test("what never becomes quiet is read as it stands, and what still moved is named", async () => {
  let asked = 0;
  const started = { ...lab(), started: Date.now() - 16_000 };
  const { quiet, moving } = await settle(started, {}, 0, {
    sessions: () => Promise.resolve({}),
    holds: () => Promise.resolve(false),
    all: () => Promise.resolve(having(asked++ % 2 === 0 ? ["203.0.113.0/24"] : ["203.0.113.0/24", "192.0.2.0/24"])),
  });
  expect(quiet).toBe(false);
  expect(moving).toEqual(["a 192.0.2.0/24"]);
});
