/** Lines of a router's own file that the rendered text does not hold: what a person would lose by loading it. */
import { printed, splitLines } from "../components/config/ios/lines";
import type { RouterText } from "./routers";

export interface LeftOut {
  file: string;
  line: number;
  text: string;
}

/** Words that close a block, and what a system prints about itself: nothing is lost with them. */
const NOTHING = /^(exit|exit-.*|end|frr version .*|Building configuration.*|Current configuration.*)$/;

export function leftOut({ file, text }: RouterText, rendered: string): LeftOut[] {
  const written = new Set(splitLines(rendered).lines.map((line) => line.words.join(" ")));
  return splitLines(text)
    .lines.filter((line) => !NOTHING.test(line.text) && !written.has(line.words.join(" ")))
    .map((line) => ({ file, line: line.number, text: printed(line) }));
}
