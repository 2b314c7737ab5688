/**
 * A Network as a picture: speakers on their segments, and the sessions between them as forecast. It is plain SVG that
 * follows the reader's light or dark colours, and the same Network always gives the same text.
 */
import type { Forecast } from "../forecast";
import { sessionLine } from "../lines";
import { type Wire, boxesOf, isNode, wiresOf } from "./boxes";
import { BOX, type Bar, type Layout, type Line, type Placed, layoutOf } from "./layout";

export interface PictureOptions {
  /** What it shows, for a reader who hears it. */
  title?: string;
  /** Every node by itself; alike ones are one box otherwise. */
  all?: boolean;
}

const STYLE = `
text { font: 13px ui-sans-serif, system-ui, sans-serif; fill: #1f2328; text-anchor: middle }
.name { font-weight: 600 } .small { font-size: 11px; fill: #57606a }
.box { fill: #f6f8fa; stroke: #57606a } .router { fill: #ddf4ff; stroke: #0969da }
.bar { stroke: #8c959f; stroke-width: 4; stroke-linecap: round } .link { stroke: #8c959f }
.session { fill: none; stroke-width: 1.8 } .up { stroke: #1a7f37 } .down { stroke: #cf222e; stroke-dasharray: 2 5 }
.ibgp { stroke-dasharray: 7 4 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .small { fill: #9198a1 } .box { fill: #161b22; stroke: #9198a1 }
  .router { fill: #0c2d6b; stroke: #58a6ff } .up { stroke: #3fb950 } .down { stroke: #f85149 }
}`;

/** Height that a session between two boxes of one row takes over it. */
const ARC = 26;
const LEGEND = 34;

export function picture(forecast: Forecast, options: PictureOptions = {}): string {
  const boxes = boxesOf(forecast, options);
  const wires = wiresOf(boxes, forecast);
  const over = (rows: readonly number[]) =>
    wires.some(({ ends: [a, b] }) => a !== b && rows[a] === 0 && rows[b] === 0) ? 3 * ARC : 0;
  const layout = layoutOf(boxes, over);
  const { width, height } = { width: Math.max(layout.width, 480), height: layout.height + LEGEND };
  const title = options.title ?? `${forecast.network.speakers.length} speakers`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${text(title)}</title>`,
    `<style>${STYLE}</style>`,
    ...layout.lines.flatMap((line) => lineOf(line, layout)),
    ...layout.bars.flatMap((bar) => barOf(bar, layout, forecast)),
    ...wires.flatMap((wire, index) => sessionOf(wire, index, layout.boxes)),
    ...layout.boxes.flatMap((box, index) => boxOf(box, index, wires)),
    ...legendOf(forecast, height - 14),
    "</svg>",
    "",
  ].join("\n");
}

function lineOf({ boxes: [a, b] }: Line, { boxes }: Layout): string[] {
  const [one, other] = [boxes[a], boxes[b]];
  if (one === undefined || other === undefined) return [];
  return [
    `<path class="link" d="M${middle(one)} ${one.y + BOX.height / 2}L${middle(other)} ${other.y + BOX.height / 2}"/>`,
  ];
}

function barOf({ segment, from, to, y, boxes }: Bar, { boxes: placed }: Layout, { network }: Forecast): string[] {
  const { prefixes = [] } = network.segments.find(({ name }) => name === segment) ?? {};
  const drops = boxes.flatMap((at) => {
    const box = placed[at];
    return box === undefined ? [] : [`<path class="link" d="M${middle(box)} ${box.y + BOX.height / 2}V${y}"/>`];
  });
  const words = [segment, ...prefixes].join(" ");
  return [
    ...drops,
    `<path class="bar" d="M${from} ${y}H${to}"/>`,
    `<text class="small" x="${from}" y="${y - 7}" style="text-anchor:start">${text(words)}</text>`,
  ];
}

/** Sessions upon each other bow apart: each pair has a bow of its own. */
function sessionOf({ ends: [a, b], up, kind, sessions }: Wire, index: number, boxes: readonly Placed[]): string[] {
  const [one, other] = [boxes[a], boxes[b]];
  if (one === undefined || other === undefined || a === b) return [];
  const [upper, lower] = one.y <= other.y ? [one, other] : [other, one];
  const bow = 14 + 6 * (index % 3);
  const [x1, x2] = [middle(upper) + bow, middle(lower) + bow];
  const path =
    upper.y === lower.y
      ? `M${middle(upper)} ${upper.y}C${middle(upper)} ${upper.y - ARC * (2 + (index % 3))} ${middle(lower)} ${upper.y - ARC * (2 + (index % 3))} ${middle(lower)} ${lower.y}`
      : `M${x1} ${upper.y + BOX.height}C${x1 + bow} ${upper.y + BOX.height + 50} ${x2 + bow} ${lower.y - 50} ${x2} ${lower.y}`;
  const said = sessions.map(sessionLine).sort();
  const more = said.length > 20 ? [...said.slice(0, 20), `and ${said.length - 20} more`] : said;
  return [
    `<path class="session ${up ? "up" : "down"} ${kind}" d="${path}"><title>${text(more.join("\n"))}</title></path>`,
  ];
}

function boxOf(box: Placed, index: number, wires: readonly Wire[]): string[] {
  const { x, y, speakers, links, node } = box;
  const [first] = speakers;
  if (first === undefined) return [];
  const inside = wires.filter(({ ends: [a, b] }) => a === index && b === index);
  const mesh = inside.reduce((sum, { sessions }) => sum + sessions.length, 0);
  const name = speakers.length === 1 ? first.name : `${speakers.length} nodes`;
  const address = speakers.length === 1 ? [...links.values()].find((one) => one !== "") : undefined;
  const below = [
    `AS ${first.asn}`,
    ...(address === undefined ? [] : [address]),
    ...(mesh > 0 ? [`mesh of ${mesh}`] : []),
  ].join(" · ");
  const names = speakers.map((speaker) => speaker.name).join(", ");
  return [
    `<g><title>${text(names)}</title>`,
    ...(speakers.length > 1
      ? [`<rect class="box" x="${x + 5}" y="${y + 5}" width="${BOX.width}" height="${BOX.height}" rx="8"/>`]
      : []),
    `<rect class="${node ? "box" : "box router"}" x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="8"/>`,
    `<text class="name" x="${middle(box)}" y="${y + 23}">${text(shortened(name))}</text>`,
    `<text class="small" x="${middle(box)}" y="${y + 42}">${text(shortened(below, 28))}</text></g>`,
  ];
}

function legendOf(forecast: Forecast, y: number): string[] {
  const words = `${summaryOf(forecast)} · eBGP solid, iBGP dashed, down dotted`;
  return [`<text class="small" x="28" y="${y}" style="text-anchor:start">${text(words)}</text>`];
}

/** "1 router, 5 nodes, 2 of 2 sessions up". */
export function summaryOf({ network, solution }: Forecast): string {
  const nodes = network.speakers.filter(isNode).length;
  const routers = network.speakers.length - nodes;
  const up = solution.sessions.filter((session) => session.up).length;
  const count = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;
  return [
    count(routers, "router"),
    count(nodes, "node"),
    `${up} of ${count(solution.sessions.length, "session")} up`,
  ].join(", ");
}

function middle({ x }: Placed): number {
  return x + BOX.width / 2;
}

function shortened(words: string, most = 24): string {
  return words.length <= most ? words : `${words.slice(0, most - 1)}…`;
}

function text(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
