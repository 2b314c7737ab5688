/** What leaves the program goes before the gate looks, and nothing else does. */
import { beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "../../components/agent/api";
import { Leaving } from "../../components/live/leaving";

const there = new Set<string>();
const deleted: string[] = [];

vi.mock("../../components/live/access", () => ({
  apiOf: () =>
    Promise.resolve({
      close: () => undefined,
      delete: (path: string) => {
        if (!there.delete(path)) return Promise.reject(new ApiError(404, "not found"));
        deleted.push(path);
        return Promise.resolve({});
      },
    }),
}));

const at = (...names: string[]) => ({ kubeconfig: "", paths: names.map((name) => `/apis/metallb.io/v1beta2/${name}`) });

beforeEach(() => {
  there.clear();
  deleted.length = 0;
  for (const path of at("tor", "tor-ipv6", "by-hand").paths) there.add(path);
});

it("deletes what the program has no more, and leaves what it has and what it never had", async () => {
  await Leaving.update?.("leaving", at("tor", "tor-ipv6"), at("tor"));
  expect(deleted).toEqual(at("tor-ipv6").paths);
  expect([...there]).toEqual(at("tor", "by-hand").paths);
});

it("takes it as done where somebody has deleted it before", async () => {
  there.clear();
  await Leaving.update?.("leaving", at("tor", "tor-ipv6"), at("tor"));
  expect(deleted).toEqual([]);
});

it("is no change while the program has the same objects, whichever way there is to the cluster", async () => {
  const { changes } = await Leaving.diff("leaving", at("tor"), { ...at("tor"), kubeconfig: "another" });
  expect(changes).toBe(false);
});
