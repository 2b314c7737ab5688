/** What the official plugin does with a changed argument of its provider, and with options of a volume (recorded, 5.2.0). */
import { describe, expect, test } from "vitest";
import { container } from "../../../engine/plugins/docker/container";
import type { Daemon } from "../../../engine/plugins/docker/daemon";
import { providerDifference } from "../../../engine/plugins/docker/provider";
import type { ResourceCall } from "../../../engine/plugins/plugin";
import type { Values } from "../../../engine/plugins/values";

describe("a provider", () => {
  const before: Values = { host: "unix:///var/run/docker.sock", version: "5.2.0", registryAuth: [{ address: "a" }] };

  test.each<[string, Values, readonly string[]]>([
    ["with the same arguments", before, []],
    ["of another version", { ...before, version: "5.3.0" }, []],
    ["with another host", { ...before, host: "tcp://127.0.0.1:2375" }, ["host"]],
    [
      "with other credentials, named once",
      { ...before, registryAuth: [{ address: "b", username: "u" }] },
      ["registryAuth"],
    ],
    ["with an argument less", { version: "5.2.0", host: "unix:///var/run/docker.sock" }, ["registryAuth"]],
  ])("%s", (_, after, changed) => {
    const plan = providerDifference(before, after);
    expect(plan).toEqual({ changes: changed.length > 0, changed });
    // In place, without a detail: no resource is replaced for it.
    expect([plan.detailed, plan.replaces]).toEqual([undefined, undefined]);
  });
});

describe("mounts[].volumeOptions", () => {
  const create = async (api: string, mount: Values): Promise<string> => {
    const docker = {
      version: () => Promise.resolve({ ApiVersion: api }),
      getImage: () => ({ inspect: () => Promise.resolve({ Id: "i" }) }),
      createContainer: () => Promise.reject(new Error("nothing is made in this test")),
    } as unknown as Daemon["docker"];
    const plan: Values = { name: "c", image: "i", mounts: [{ type: "volume", target: "/v", source: "s", ...mount }] };
    let made = "";
    const call = { signal: new AbortController().signal } as unknown as ResourceCall;
    const failed = await container
      .create({ docker } as Daemon, plan, call, (id) => (made = id))
      .then(
        () => "",
        (error: unknown) => String(error),
      );
    expect(made).toBe("");
    return failed;
  };

  test.each(["1.41", "1.44"])("are refused before anything is made where the API is %s", async (api) => {
    expect(await create(api, { volumeOptions: { noCopy: true } })).toContain(
      `requires docker version 1.45 or higher (the daemon has ${api})`,
    );
  });

  test.each<[string, Values]>([
    ["1.45", { volumeOptions: { noCopy: true } }],
    ["1.41", {}],
  ])("are no reason with API %s and %j", async (api, mount) => {
    expect(await create(api, mount)).toContain("nothing is made in this test");
  });
});
