/** What became of each line of a configuration: every line that is no comment is in exactly one class. */
import type { Line } from "./lines";

export interface LineClass {
  line: number;
  /** Read into the Network; without effect there; in the Network's list of what no rule covers; or refused. */
  is: "understood" | "harmless" | "not modelled" | "fault";
  /** Why it is harmless. */
  why?: string;
}

const WEIGHT = { understood: 0, harmless: 1, "not modelled": 2, fault: 3 } as const;

export class LineClasses {
  private readonly all = new Map<number, LineClass>();

  /** The gravest that is said of a line holds. */
  is({ number }: Pick<Line, "number">, is: LineClass["is"], why?: string): void {
    const known = this.all.get(number);
    if (known !== undefined && WEIGHT[known.is] >= WEIGHT[is] && known.is !== "understood") return;
    this.all.set(number, { line: number, is, ...(why === undefined ? {} : { why }) });
  }

  /** A line that was thought not modelled turns out to touch nothing. */
  eased(line: number, why: string): void {
    if (this.all.get(line)?.is === "not modelled") this.all.set(line, { line, is: "harmless", why });
  }

  list(): LineClass[] {
    return [...this.all.values()].sort((a, b) => a.line - b.line);
  }
}
