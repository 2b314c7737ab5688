import tseslint from "typescript-eslint";
import boundaries from "eslint-plugin-boundaries";
import pulumi from "@pulumi/eslint-plugin";

const PURE = ["model", "bgp", "cni", "config", "forecast"];
const PRODUCT = [
  ...[...PURE, "plan", "live", "agent", "resources", "testing", "public", "index"],
  ...["cli", "engine", "stacks"],
];

// The rooms of docs/rooms.md, and the one direction between them: what a room may import besides itself.
const rooms = {
  model: [],
  bgp: ["model"],
  cni: ["model", "bgp"],
  config: ["model", "bgp"],
  forecast: ["model", "bgp"],
  plan: PURE,
  agent: ["model", "bgp", "cni", "config"],
  live: [...PURE, "agent"],
  resources: [...PURE, "plan", "live", "agent"],
  testing: [],
  public: [...PURE, "testing"],
  index: [...PURE, "plan", "resources"],
  cli: PURE,
  engine: ["model"],
  stacks: ["index"],
  bench: [...PRODUCT, "tests"],
  tests: [...PRODUCT, "bench"],
};

const elements = Object.keys(rooms).map((type) =>
  type === "index"
    ? { type, mode: "full", pattern: "components/index.ts" }
    : {
        type,
        mode: "full",
        pattern: ["cli", "engine", "stacks", "bench", "tests"].includes(type)
          ? `${type}/**/*`
          : `components/${type}/**/*`,
      },
);

export default tseslint.config(
  {
    ignores: [
      "dist",
      "docs/examples/platform",
      "docs/examples/flat",
      "node_modules",
      "coverage",
      "**/*.mjs",
      "**/*.mts",
      "**/*.cjs",
      "**/*.js",
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { boundaries, "@pulumi": pulumi },
    settings: { "boundaries/elements": elements },
    rules: {
      "boundaries/element-types": [
        "error",
        {
          default: "disallow",
          rules: Object.entries(rooms).map(([from, allow]) => ({ from, allow: [from, ...allow] })),
        },
      ],
      // Only resources (and what runs or tests it) may know Pulumi; the pure rooms know no client of a running thing.
      "boundaries/external": [
        "error",
        {
          default: "allow",
          rules: [
            {
              from: [...PURE, "plan", "cli"],
              disallow: ["@pulumi/*", "dockerode", "@kubernetes/*", "@grpc/*"],
              message: "a pure room: it imports neither Pulumi nor a client of a running thing",
            },
            {
              from: ["live", "agent"],
              disallow: ["@pulumi/*"],
              message: "Pulumi belongs to components/resources: this room runs without it",
            },
          ],
        },
      ],
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
    },
  },
);
