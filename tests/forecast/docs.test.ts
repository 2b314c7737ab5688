/** The page about the rules names each of them, with its severity and what must hold. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { RULES } from "../../components/forecast/rules";

test("docs/rules.md has a row for every rule, and none for another", () => {
  const page = readFileSync(join(__dirname, "../../docs/rules.md"), "utf8");
  const rows = page
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  expect(rows.map(([, id, severity, holds]) => [id, severity, holds]).sort()).toEqual(
    RULES.map(({ id, severity, holds }) => [`\`${id}\``, severity, holds]).sort(),
  );
});
