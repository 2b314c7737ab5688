/** `failures`: what each single failure takes away, and pairs of them on request. */
import { deviceOf } from "../../components/bgp/device";
import type { Network } from "../../components/bgp/network";
import { failures, harmful, printFailures } from "../../components/forecast/failures";
import { fail, ok, type Result } from "../../components/model/errors";
import type { Gathered } from "../gather";
import type { Said } from "../said";

export interface FailuresVerbOptions {
  pairs?: boolean;
  width: string;
}

export function failuresVerb({ network }: Gathered, { pairs, width }: FailuresVerbOptions): Result<Said> {
  const wanted = Number(width);
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > 1024) {
    return fail({ path: "--width", found: width, expected: "a number of next hops from 1 to 1024" });
  }
  const report = failures(network, pairs === true ? 2 : 1, { width: wanted });
  return ok({
    text: printFailures(report, (link) => linkName(network, link)).trimEnd(),
    json: report,
    findings: harmful(report).length > 0,
  });
}

/** "leaf1:swp1 -- spine1:swp1": a link without a name of its own has that of its first end. */
function linkName({ speakers }: Network, link: string): string {
  const ends = speakers.flatMap(({ name, interfaces }) =>
    interfaces.flatMap((port) => (port.segment === link ? [`${deviceOf(name)}:${port.name}`] : [])),
  );
  return ends.length === 2 && ends.includes(link) ? [link, ...ends.filter((end) => end !== link)].join(" -- ") : link;
}
