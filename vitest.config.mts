import { defineConfig } from "vitest/config";

/**
 * One project a level. `unit` needs nothing but Node; `graph` runs programs on Pulumi's mocks;
 * `packed` installs the packed tarball into empty projects; `engine` needs the real
 * engine and a Docker daemon; `live` needs the stack that a file is named
 * after, up in a lab; `reach` needs FRR behind a real SSH server, and the engine;
 * `fidelity` needs the real BGP daemons.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "tests/{model,bgp,cni,config,forecast,plan,live-unit,eapi,rooms,cli,package,engine-unit}/**/*.test.ts",
          ],
          setupFiles: ["tests/seed.ts"],
          globalSetup: ["tests/scratch.ts"],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "graph",
          include: ["tests/resources/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "packed",
          include: ["tests/packed/**/*.test.ts"],
          globalSetup: ["tests/scratch.ts"],
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: "engine",
          include: ["tests/engine/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "live",
          include: ["tests/live/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "reach",
          include: ["tests/reach/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: "fidelity",
          include: ["tests/fidelity/**/*.test.ts"],
          testTimeout: 900_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
