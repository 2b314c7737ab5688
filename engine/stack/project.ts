/**
 * The Pulumi project of this checkout.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { SetupError } from "../places";

export interface Target {
  project: string;
  stack: string;
}

const STACK_NAME = /^[a-zA-Z0-9][\w.-]*$/;

export function target(checkout: string, stack: string): Target {
  if (!STACK_NAME.test(stack))
    throw new SetupError(`STACK=${stack}: that is no stack name (stacks/ has one file a stack)`);
  const file = path.join(checkout, "Pulumi.yaml");
  if (!fs.existsSync(file)) throw new SetupError(`${file} is missing: this is no complete checkout`);
  const { name } = parse(fs.readFileSync(file, "utf8")) as { name?: string };
  if (name === undefined) throw new SetupError(`${file}: name is missing`);
  return { project: name, stack };
}
