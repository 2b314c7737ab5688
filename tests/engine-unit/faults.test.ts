/** What is said of a run of Pulumi that failed: its errors, wherever they stand in what it printed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { faultsIn } from "../../engine/stack/faults";

describe("a run of Pulumi that failed", () => {
  it("is the gate's error with each of its lines, without warnings, progress and outputs", () => {
    // Recorded of Pulumi 3.259, kube-router's reflectors taken out of the program at once.
    const stdout = readFileSync(join(__dirname, "recorded/up-failed.txt"), "utf8");
    const said = faultsIn({ stdout, stderr: "" }).split("\n");
    expect(said[0]).toBe("pulumi-nodejs:dynamic/bgpfabric:Gate (live-gate):");
    expect(said[1]).toMatch(/^error: after 60 s the network is not what was forecast/);
    expect(said).toContain("  - rack-a-tor 10.244.0.0/26: ebgp via 10.0.20.10, path 64512");
    expect(said.at(-1)).toBe("  + rack-a-tor 10.244.0.64/26: ebgp via 10.0.20.11 10.0.20.12, path 64512");
    expect(said.join("\n")).not.toMatch(/warning|the gate waits|update failed|kubeconfig/);
  });

  it("has every error of several resources, and the engine's own word where there is no other", () => {
    const [a, b] = [
      "  a (one):\n    error: no room\n      on disk",
      "  b (two):\n    warning: old\n    error: no answer",
    ];
    const stdout = `Diagnostics:\n${a}\n\n${b}\n\n  s (stack):\n    error: update failed\n\nResources:\n    1 unchanged\n`;
    expect(faultsIn({ stdout: `Updating\n${stdout}`, stderr: "" }).split("\n")).toEqual([
      ...["a (one):", "error: no room", "    on disk"],
      ...["b (two):", "error: no answer"],
    ]);
    const alone = "\nDiagnostics:\n  s (stack):\n    error: update failed\n";
    expect(faultsIn({ stdout: alone, stderr: "" })).toBe("s (stack):\nerror: update failed");
  });

  it("that has no diagnostics is the end of what it printed, on both outputs", () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    const said = faultsIn({ stdout: lines.join("\n"), stderr: "error: getting stack configuration\n" });
    expect(said.split("\n")).toEqual([...lines.slice(-15), "error: getting stack configuration"]);
  });
});
