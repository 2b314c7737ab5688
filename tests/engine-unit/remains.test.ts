/** Proves how the machine is compared before a lab and after it; that nothing is left is shown by verify-stacks. */
import { describe, expect, it } from "vitest";
import { type Machine, machine, remains } from "../../engine/testing/remains";
import { places } from "../../engine/places";

const before: Machine = {
  settings: new Map([
    ["kernel/panic", "0"],
    ["vm/overcommit_memory", "0"],
  ]),
  mounts: new Set(["/", "/proc"]),
  processes: new Set(),
  folders: new Set(["/run/lock"]),
};

describe("the machine after a lab", () => {
  it("is as before where nothing changed, also where something has gone", () => {
    expect(remains(before, { ...before, folders: new Set() })).toEqual([]);
  });

  it("names the setting that kubelet writes, a mount, a process and a folder that stayed", () => {
    const after: Machine = {
      settings: new Map([...before.settings, ["kernel/panic", "10"], ["net/bridge/bridge-nf-call-iptables", "1"]]),
      mounts: new Set([...before.mounts, "/run/netns"]),
      processes: new Set(["4711 containerd-shim"]),
      folders: new Set([...before.folders, "/lib/modules"]),
    };
    expect(remains(before, after)).toEqual([
      "setting kernel/panic: 0 is 10",
      "mount /run/netns",
      "process 4711 containerd-shim",
      "folder /lib/modules",
    ]);
  });

  it.runIf(process.platform === "linux")(
    "is read from the running kernel: two looks at once find no difference",
    () => {
      const at = places({ HOME: "/nonexistent", BGPFABRIC_LAB: "nobody" });
      const seen = machine(at);
      expect(seen.settings.get("kernel/ostype")).toBe("Linux");
      expect(seen.mounts).toContain("/");
      expect(remains(seen, machine(at))).toEqual([]);
    },
  );
});
