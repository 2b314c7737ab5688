/** The program of docs/dual-stack.md, run as it stands: two racks of both families over unnumbered links. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compileFunction } from "node:vm";
import ts from "typescript";
import { expect, it } from "vitest";
import * as bgpfabric from "../../components";
import { record } from "./recorder";

const page = readFileSync(join(__dirname, "../../docs/dual-stack.md"), "utf8");

it("comes up with a session of each family at every node, and one for both on every link", async () => {
  const source = /```ts\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  const { outputText } = ts.transpileModule(source, { compilerOptions: options });
  const program = compileFunction(outputText, ["require", "exports"]) as (require: unknown, exports: object) => void;
  const exported: { sessions?: string[] } = {};
  const all = await record(() => program(() => bgpfabric, exported));
  expect(exported.sessions?.map((line) => line.replace(/ AS .* (ipv)/, " $1"))).toEqual([
    "k01-a 10.0.1.2 - rack1-tor 10.0.1.1: up ebgp ipv4",
    "k01-a fd00:1::2 - rack1-tor fd00:1::1: up ebgp ipv6",
    "k01-b 10.0.2.2 - rack2-tor 10.0.2.1: up ebgp ipv4",
    "k01-b fd00:2::2 - rack2-tor fd00:2::1: up ebgp ipv6",
    "rack1-tor interface%rack1--spine1 - spine1 interface%rack1--spine1: up ebgp ipv4+ipv6",
    "rack2-tor interface%rack2--spine1 - spine1 interface%rack2--spine1: up ebgp ipv4+ipv6",
  ]);
  const link = all.find(({ name }) => name === "rack1--spine1-segment");
  expect(link?.inputs["ipamConfigs"]).toEqual([{ subnet: "198.18.0.0/29", gateway: "198.18.0.6" }]);
}, 60_000);
