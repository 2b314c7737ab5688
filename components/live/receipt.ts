/** What was promised and what was seen, when the gate passed: for people as Markdown, for programs as JSON. Pure. */

/** What the gate saw, in figures; the lines themselves are the forecast's, which it was equal to. */
export interface Measured {
  /** From the gate's first look until the network was as forecast. */
  seconds: number;
  /** Looks that it took. */
  looks: number;
  /** The daemon of each speaker, with its version: "FRR 8.4.4". */
  versions: Record<string, string>;
  /** Sessions that are established on every end that can be asked. */
  established: number;
  /** Routes at routers, or at nodes where there are no routers. */
  routes: number;
  /** Routes that the nodes of clusters learned, beside the routers'. */
  nodeRoutes: number;
}

export interface Receipt {
  /** Version of this package. */
  bgpfabric: string;
  /** What each cluster was built for: "Calico 3.32". */
  clusters: Record<string, string>;
  forecast: { sessions: readonly string[]; routes: readonly string[]; nodeRoutes: readonly string[] };
  live: Measured;
  /** What the probes were answered. */
  answers: readonly string[];
}

export function receiptJson(receipt: Receipt): string {
  return `${JSON.stringify(receipt, undefined, 2)}\n`;
}

export function receiptMarkdown({ bgpfabric, clusters, forecast, live, answers }: Receipt): string {
  const { sessions, routes, nodeRoutes } = forecast;
  return [
    "# The live network is as forecast",
    "",
    `It became so after ${live.seconds} s and ${live.looks} ${live.looks === 1 ? "look" : "looks"}.`,
    "",
    "| | forecast | live |",
    "| --- | --- | --- |",
    `| sessions up | ${sessions.filter((line) => /: up\b/.test(line)).length} | ${live.established} |`,
    `| routes | ${routes.length} | ${live.routes} |`,
    `| routes at nodes | ${nodeRoutes.length} | ${live.nodeRoutes} |`,
    "",
    ...section("Sessions", sessions),
    ...section("Routes", routes),
    ...section("Routes at nodes", nodeRoutes),
    ...section("Answers", answers),
    "## Versions",
    "",
    `- bgpfabric ${bgpfabric}`,
    ...Object.entries(clusters).map(([cluster, cni]) => `- ${cluster}: ${cni}`),
    ...Object.entries(live.versions).map(([speaker, version]) => `- ${speaker}: ${version}`),
    "",
  ].join("\n");
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, "", "```text", ...lines, "```", ""];
}
