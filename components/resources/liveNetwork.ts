/** The whole: the one author of what several parts have a say in, and the gate that holds the live network to the forecast. */
import * as pulumi from "@pulumi/pulumi";
import type { Network } from "../bgp/network";
import type { Finding } from "../cni/finding";
import { writeFrr } from "../config/frr";
import { forecast } from "../forecast/forecast";
import { routeLines, sessionLines } from "../forecast/lines";
import { type Finding as Advice, printFinding, rules } from "../forecast/rules";
import { orThrow } from "../model/errors";
import { customResource } from "./clusters/customResource";
import type { ClusterHandle, Part, RackHandle, RouterHandle } from "./handles";
import { combineLab } from "../plan/combine";
import { Live } from "./dynamic";

/** Docker gives the addresses, and its networks carry no IPv6 unless asked. */
const FRR_IN_A_CONTAINER = { addresses: "elsewhere", forwarding: { ipv4: true, ipv6: false } } as const;

export interface LiveNetworkArgs {
  /** Everything that the network is made of: racks, clusters, fabrics, pools, services. */
  parts: Part[];
  /** Seconds that the network may take to become what was forecast. @default 60 */
  timeout?: number;
}

/**
 * Creates
 * 1. the configuration of each router, pushed in place,
 * 2. each cluster's BGPConfiguration `default`,
 * 3. the gate, whose input is the forecast and whose success is the live network being equal to it.
 */
export class LiveNetwork extends pulumi.ComponentResource {
  /** The Network that all parts make together. */
  readonly network: Network;
  /** Forecast of the sessions, a line each. */
  readonly sessions: string[];
  /** Forecast of the routers' routes, a line each. */
  readonly routes: string[];
  /** What the cluster's CNI would take without a word, and not do. */
  readonly findings: Finding[];
  /** What the rules of the field say about the whole, gravest first. */
  readonly advice: Advice[];
  /** What the services' addresses answered when they were asked from the routers; known when the gate has passed. */
  readonly answers: pulumi.Output<string[]>;

  constructor(name: string, args: LiveNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    const whole = orThrow(combineLab(args.parts.map((part) => part.network)));
    const routers = args.parts.filter(isRack).map((rack) => rack.router);
    const texts = routers.map((router) => ({
      router,
      text: orThrow(writeFrr(whole.network, router.name, FRR_IN_A_CONTAINER)),
    }));
    const expected = forecast(whole.network);
    super("bgpfabric:index:LiveNetwork", name, {}, opts);
    this.network = whole.network;
    this.findings = whole.findings;
    this.sessions = sessionLines(expected);
    this.routes = routeLines(expected, { speakers: routers.map((router) => router.name) });
    for (const { severity, object, sentence, fix } of whole.findings) {
      if (severity !== "info") void pulumi.log.warn(`${object}: ${sentence}; ${fix}`, this);
    }
    this.advice = rules(whole.network, expected);
    for (const finding of this.advice) {
      if (finding.severity !== "info") void pulumi.log.warn(printFinding(finding), this);
    }

    const configured = texts.map(
      ({ router, text }) =>
        new Live(
          "RouterConfiguration",
          `${name}-${router.name}`,
          { container: router.container, system: router.system, text },
          { parent: this },
        ),
    );
    const clusters = args.parts.filter(isCluster);
    const objects = clusters.flatMap((cluster) => {
      const configuration = whole.configurations.get(cluster.name);
      if (configuration === undefined) return [];
      const options = { parent: this, provider: cluster.kubernetes };
      return [customResource(`${name}-${cluster.name}-bgpconfiguration`, configuration, options)];
    });
    const gate = new Live(
      "Gate",
      `${name}-gate`,
      {
        sessions: this.sessions,
        routes: this.routes,
        speakers: [...routers.map(routerSpeaker), ...clusters.flatMap(nodeSpeakers)],
        probes: args.parts.filter(answersHttp).flatMap(({ url }) => routers.map(({ name }) => ({ from: name, url }))),
        timeout: args.timeout ?? 60,
        answers: undefined,
      },
      { parent: this, dependsOn: [...configured, ...objects, ...args.parts.flatMap((part) => part.resources)] },
    ) as Live & { answers: pulumi.Output<string[]> };
    this.answers = gate.answers;
    this.registerOutputs({ sessions: this.sessions, routes: this.routes, answers: this.answers });
  }
}

function routerSpeaker({ name, system, container }: RouterHandle): pulumi.Inputs {
  return { name, system, container };
}

function nodeSpeakers({ nodes }: ClusterHandle): pulumi.Inputs[] {
  return nodes.flatMap(({ fullName, container }) =>
    container === undefined ? [] : [{ name: fullName, system: "bird", container }],
  );
}

function isRack(part: Part): part is Part & RackHandle {
  return "router" in part;
}

function isCluster(part: Part): part is Part & ClusterHandle {
  return "kubernetes" in part;
}

function answersHttp(part: Part): part is Part & { url: pulumi.Output<string> } {
  return "url" in part;
}
