/**
 * Who may know a CNI by name: its folder in cni/, its agent, and the programs of stacks/. Everything else asks the registry.
 * MetalLB's own speaker is a BGP daemon too: its dialect, and what its sessions do on a change, stand beside FRR's.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";

const CNI = /calico|cilium|kube-?router|metallb/i;
const MAY = [/^cni\//, /^agent\//];
const DAEMON = [/^bgp\/dialects\/(index|metallb)\.ts$/, /^bgp\/(network|schema)\.ts$/, /^forecast\/resets\.ts$/];

const COMPONENTS = join(__dirname, "../../components");

it("no file outside cni/ and the agent names a CNI in its code", () => {
  const files = readdirSync(COMPONENTS, { recursive: true, encoding: "utf8" });
  const naming = files
    .filter((file) => file.endsWith(".ts") && !MAY.some((room) => room.test(file)))
    .filter((file) => namesIn(readFileSync(join(COMPONENTS, file), "utf8")).some((name) => !isDaemon(file, name)));
  expect(naming).toEqual([]);
}, 60_000);

it("comments may name whose rule something is, code may not", () => {
  expect(namesIn('/** As Calico has it. */ export const x = "Calico"; // cilium')).toEqual(['"Calico"']);
  expect(namesIn('import { calico } from "./calico";')).toEqual(["calico", '"./calico"']);
});

const isDaemon = (file: string, name: string) => /metallb/i.test(name) && DAEMON.some((one) => one.test(file));

/** Identifiers and texts of the code that name a CNI; comments are no tokens. */
function namesIn(text: string): string[] {
  const found: string[] = [];
  const source = ts.createSourceFile("x.ts", text, ts.ScriptTarget.Latest);
  const walk = (node: ts.Node): void => {
    const isText =
      ts.isIdentifier(node) ||
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddle(node) ||
      ts.isTemplateTail(node) ||
      ts.isRegularExpressionLiteral(node);
    if (isText && CNI.test(node.getText(source))) found.push(node.getText(source));
    ts.forEachChild(node, walk);
  };
  walk(source);
  return found;
}
