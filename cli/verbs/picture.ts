/** `picture`: the network with its forecast sessions, as SVG. */
import { writeFileSync } from "node:fs";
import { forecast } from "../../components/forecast/forecast";
import { picture, summaryOf } from "../../components/forecast/picture/svg";
import { type Result, fail, ok } from "../../components/model/errors";
import type { Gathered } from "../gather";
import type { Said } from "../said";

export interface PictureVerb {
  all?: boolean;
  title?: string;
  out?: string;
}

export function pictureVerb({ network }: Gathered, { out, ...options }: PictureVerb): Result<Said> {
  const expected = forecast(network);
  const svg = picture(expected, options);
  if (out === undefined) return ok({ text: svg.trimEnd(), json: { svg }, findings: false });
  try {
    writeFileSync(out, svg);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const found = code === "ENOENT" ? "no such folder" : code === "EISDIR" ? "a folder" : (code ?? "an error");
    return fail({ path: "--out", file: out, found, expected: "a file that can be written" });
  }
  return ok({ text: `${out}: ${summaryOf(expected)}`, json: { svg }, findings: false });
}
