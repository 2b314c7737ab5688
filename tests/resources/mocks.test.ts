/** A consumer's unit test: what the package's mocks answer, and what a program on the usual mock is told. */
import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { issue } from "../../components/live/certificate";
import { answer, record } from "../../components/public/testing";

class Thing extends pulumi.CustomResource {}

const authority: pulumi.runtime.MockResourceArgs = {
  type: "pulumi-nodejs:dynamic/bgpfabric:Authority",
  name: "k01-authority",
  inputs: { cluster: "k01" },
  provider: "",
  id: "",
};

it("the mocks give a cluster's authority a seed that certificates can be made from", () => {
  const { secret, issued } = answer(authority).state as { secret: string; issued: string };
  expect(issue({ secret, issued }, { commonName: "admin" }).certificate).toMatch(/^-----BEGIN CERTIFICATE-----/);
});

it("in a preview they know nothing that a provider would compute", () => {
  expect(answer(authority, true)).toEqual({ id: undefined, state: { cluster: "k01" } });
});

it("the usual mock gives an authority without a secret: the error names the mocks to use", () => {
  const seed = { cluster: "k01", issued: "2026-01-01T00:00:00Z" } as unknown as Parameters<typeof issue>[0];
  expect(() => issue(seed, { commonName: "admin" })).toThrow(/bgpfabric\/testing/);
});

it("an answer of the test's own comes first", async () => {
  let id: string | undefined;
  await record(
    async () => {
      const thing = new Thing("pkg:index:Thing", "thing", {});
      id = await new Promise<string>((resolve) => thing.id.apply(resolve));
    },
    { newResource: ({ name }) => ({ id: `mine-${name}`, state: {} }) },
  );
  expect(id).toBe("mine-thing");
});
