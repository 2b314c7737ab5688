/** The whole: the one author of what several parts have a say in, and the gate that holds the live network to the forecast. */
import { writeFileSync } from "node:fs";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { NodePatch } from "@pulumi/kubernetes/core/v1/nodePatch";
import * as pulumi from "@pulumi/pulumi";
import { FLAGS_KEY } from "../agent/cnis/flags";
import type { Network } from "../bgp/network";
import { cniOf } from "../cni";
import type { CniSettings } from "../cni/cni";
import type { ObjectFinding } from "../cni/finding";
import type { KubernetesObject } from "../cni/objects";
import { type Finding, printFinding } from "../forecast/rules";
import { unreachable } from "../live/reach";
import { type Measured, type Receipt, receiptJson, receiptMarkdown } from "../live/receipt";
import { type Answering, answering } from "../live/answering";
import { liveSystem, unconfigurable } from "../live/systems";
import type { Fault } from "../model/errors";
import { besideName } from "../plan/combine";
import { type RouterText, planLive } from "../plan/live";
import { customResource, customResourcePatch } from "./clusters/customResource";
import { flagsPatch } from "./clusters/flags";
import { Live } from "./dynamic";
import type { ClusterHandle, NodeHandle, Part, ReachInputs, RouterHandle } from "./handles";
import { packageVersion } from "./packageVersion";
import { at, mustConfirm, speakerAt } from "./speakerAt";

export interface LiveNetworkArgs {
  /** Everything that the network is made of: racks, clusters, fabrics, pools, services. */
  parts: Part[];
  /** Seconds that the network may take to become what was forecast. @default 60 */
  timeout?: number;
  /**
   * File that each `up` writes the receipt to, relative to the program's folder: Markdown for ".md", JSON for ".json".
   * @default no file
   * @example "receipt.md"
   */
  receipt?: string;
}

/**
 * Creates
 * 1. the configuration of each router, pushed in place,
 * 2. the objects, settings and node annotations of each cluster in which several parts have a say,
 * 3. the gate, whose input is the forecast and whose success is the live network being equal to it.
 */
export class LiveNetwork extends pulumi.ComponentResource {
  /** The Network that all parts make together. */
  readonly network: Network;
  /** Forecast of the sessions, a line each. */
  readonly sessions: string[];
  /** Forecast of the routers' routes, a line each. */
  readonly routes: string[];
  /** Forecast of the routes that the clusters' nodes learn beside the routers, a line each. */
  readonly nodeRoutes: string[];
  /** What the cluster's CNI would take without a word, and not do. */
  readonly findings: ObjectFinding[];
  /** What the rules of the field say about the whole, gravest first. */
  readonly advice: Finding[];
  /** What the services' addresses answered when they were asked from the routers; known when the gate has passed. */
  readonly answers: pulumi.Output<string[]>;
  /** What was promised and what was seen, with versions and the seconds that it took; known when the gate has passed. */
  readonly receipt: pulumi.Output<Receipt | undefined>;

  constructor(name: string, args: LiveNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    const secrets = Object.assign({}, ...args.parts.map((part) => part.secrets ?? {})) as Secrets;
    const routers = distinct(args.parts.flatMap((part) => part.routers ?? []));
    const clusters = distinct(args.parts.flatMap((part) => part.clusters ?? []));
    const faults = [...routers.flatMap(routerFaults), ...clusters.flatMap(({ nodes }) => nodes.flatMap(nodeFaults))];
    const timeout = args.timeout ?? 60;
    faults.push(
      ...routers.flatMap((router) => confirmationFaults(router, timeout)),
      ...argumentFaults(args),
      ...askerFaults(args.parts, clusters),
    );
    const plan = planLive(args.parts, {
      secrets: Object.keys(secrets),
      faults,
      existing: routers.filter(isInPart).map(({ name }) => name),
    });
    super("bgpfabric:index:LiveNetwork", name, {}, opts);
    this.network = plan.network;
    this.findings = plan.findings;
    this.advice = plan.advice;
    this.sessions = plan.sessions;
    this.routes = plan.routes;
    this.nodeRoutes = plan.nodeRoutes;
    for (const { severity, object, sentence, fix } of plan.findings) {
      if (severity !== "info") void pulumi.log.warn(`${object}: ${sentence}; ${fix}`, this);
    }
    for (const finding of plan.advice) {
      if (finding.severity !== "info") void pulumi.log.warn(printFinding(finding), this);
    }

    const configured = routers.map((router) => this.configuration(name, router, plan.routers, secrets));
    const pushes = configured.flatMap(({ pushed }) => (pushed === undefined ? [] : [pushed]));
    const before = args.parts.flatMap((part) => part.before ?? []);
    const objects = clusters.flatMap((cluster) => {
      const told = plan.written.get(cluster.name);
      const options = {
        parent: this,
        provider: cluster.kubernetes,
        ...(before.length > 0 ? { dependsOn: before } : {}),
      };
      const stem = `${name}-${cluster.name}`;
      return [
        ...(told?.shared ?? []).map((object) => {
          const make = cluster.preinstalled === true && isSingleton(object) ? customResourcePatch : customResource;
          return make(`${stem}-${sharedName(object)}`, object, options);
        }),
        ...(told === undefined ? [] : settingsOf(stem, cluster, told.settings, options)),
        ...(told?.sharedNodes ?? []).map(
          ({ name: node, labels, annotations }) =>
            new NodePatch(`${stem}-${node}`, { metadata: { name: node, labels, annotations } }, options),
        ),
      ];
    });
    const after = args.parts.flatMap((part) => part.after?.(objects) ?? []);
    const probes = args.parts.flatMap((part) => part.probes ?? []);
    const gate = new Live(
      "Gate",
      `${name}-gate`,
      {
        sessions: this.sessions,
        routes: this.routes,
        ...(this.nodeRoutes.length > 0 ? { nodeRoutes: this.nodeRoutes } : {}),
        speakers: [
          ...routers.flatMap(({ name, system, reach }) => speakerAt(name, system, reach)),
          ...clusters.flatMap((cluster) => nodeSpeakers(cluster, plan.network)),
        ],
        probes: probes.flatMap(({ from = routers.filter(canAsk).map((router) => router.name), check, ...probe }) =>
          from.map((speaker) => ({
            from: speaker,
            ...probe,
            ...(check === undefined ? {} : { path: hopsOf(plan.network, clusters, plan.ways.get(check) ?? []) }),
          })),
        ),
        timeout,
        ...(pushes.length > 0 ? { pushes } : {}),
        answers: undefined,
        measured: undefined,
      },
      {
        parent: this,
        // The ways to routers that are no containers hold keys: what a refresh reads back holds them as well.
        ...(routers.some(({ reach }) => mustConfirm(reach)) ? { additionalSecretOutputs: ["speakers"] } : {}),
        dependsOn: [...configured, ...objects, ...after, ...args.parts.flatMap((part) => part.resources)],
      },
    ) as Live & { answers: pulumi.Output<string[]>; measured: pulumi.Output<Measured | undefined> };
    this.answers = gate.answers;
    this.receipt = pulumi.all([gate.measured, gate.answers]).apply(([live, answers]) => {
      // A gate that passed under an earlier version measured nothing.
      if (live === undefined) return undefined;
      const { sessions, routes, nodeRoutes } = this;
      const forecast = { sessions, routes, nodeRoutes };
      return { bgpfabric: packageVersion(), clusters: cniTitles(clusters), forecast, live, answers };
    });
    if (args.receipt !== undefined) this.receipt.apply((receipt) => write(receipt, args.receipt ?? ""));
    this.registerOutputs({ sessions: this.sessions, routes: this.routes, answers: this.answers });
  }

  private configuration(
    name: string,
    handle: RouterHandle,
    texts: readonly RouterText[],
    values: Secrets,
  ): Live & { pushed?: pulumi.Output<string> } {
    const { name: router, reach, system, overwrite } = handle;
    const planned = texts.find((one) => one.name === router);
    if (planned === undefined) throw new Error(`${router} has no configuration`);
    const text = textOf(planned, values);
    // The gate looks at each push that must be confirmed, and at each with passwords: these are in no forecast.
    const lookedAt = mustConfirm(reach) || planned.secrets.length > 0;
    // What a refresh reads back holds passwords and keys as well.
    const hidden = [
      ...(planned.secrets.length > 0 ? ["text"] : []),
      ...(reach.by === "docker" ? [] : ["reach"]),
      ...(isInPart(handle) ? ["before"] : []),
    ];
    const options = { parent: this, ...(hidden.length > 0 ? { additionalSecretOutputs: hidden } : {}) };
    const inputs = {
      ...at(reach),
      system,
      text,
      ...(isInPart(handle) ? { part: "bgp", before: undefined } : {}),
      ...(overwrite === undefined ? {} : { overwrite }),
      ...(lookedAt ? { pushed: undefined } : {}),
    };
    return new Live("RouterConfiguration", `${name}-${router}`, inputs, options);
  }
}

/**
 * A router that is no container of the lab has a configuration of its own: its BGP alone is the program's. So has EOS in a
 * container, whose startup file holds its interfaces and how it is asked.
 */
function isInPart({ reach, system }: RouterHandle): boolean {
  return reach.by !== "docker" || system === "eos";
}

type Secrets = Record<string, pulumi.Input<string>>;

/** Secret when a password is in it, and only then: a plain text shows what a change writes. */
function textOf({ secrets, text }: RouterText, values: Secrets): pulumi.Input<string> {
  if (secrets.length === 0) return text({});
  const wanted = Object.fromEntries(secrets.map((name) => [name, values[name] ?? ""]));
  return pulumi.secret(pulumi.output(wanted).apply((known) => text(known)));
}

/** Several parts may bring one router: two racks that share it. */
function distinct<Named extends { readonly name: string }>(all: readonly Named[]): Named[] {
  return [...new Map(all.map((one) => [one.name, one])).values()];
}

/** What all parts together ask of the CNI's start, where the runtime reads it; a CNI that starts the same has none. */
function settingsOf(
  stem: string,
  { settingsIn, flagsIn, cni }: ClusterHandle,
  settings: CniSettings,
  options: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  if (flagsIn !== undefined) return [flagsPatch(stem, flagsIn, cniOf(cni).flags?.(settings) ?? [], options)];
  const text = JSON.stringify(settings);
  if (settingsIn === undefined || text === JSON.stringify(cni.settings)) return [];
  const metadata = { name: cni.kind, namespace: settingsIn };
  return [new ConfigMap(`${stem}-settings`, { metadata, data: { [FLAGS_KEY]: text } }, options)];
}

/** "bgpconfiguration" for the one object of its kind, "ciliumbgpclusterconfig-rack-a" for one of several. */
function sharedName({ kind, metadata }: KubernetesObject): string {
  return isSingleton({ metadata }) ? kind.toLowerCase() : `${kind.toLowerCase()}-${metadata.name}`;
}

/** Of some kinds there is one object alone, and it is there before anybody writes into it. */
function isSingleton({ metadata }: Pick<KubernetesObject, "metadata">): boolean {
  return metadata.name === "default";
}

/** The nodes that can be asked; of the others the forecast is all there is. */
function nodeSpeakers({ nodes, cni, balancer }: ClusterHandle, { speakers }: Network): pulumi.Inputs[] {
  return nodes.flatMap(({ fullName: name, reach }) => {
    const system = speakers.find((speaker) => speaker.name === name)?.dialect.system;
    if (reach === undefined) return [];
    const own = system === undefined ? [] : asked(name, answering(cni, system), reach);
    if (balancer === undefined) return own;
    const second = speakers.find((speaker) => speaker.name === besideName(name, balancer.kind));
    // Asked as what it is, whichever daemon speaks for it.
    return second === undefined
      ? own
      : [...own, ...asked(second.name, answering(balancer, second.dialect.system), reach)];
  });
}

function asked(name: string, answers: Answering, reach: ReachInputs): pulumi.Inputs[] {
  return liveSystem(answers) === undefined ? [] : speakerAt(name, answers, reach);
}

/** EOS has no shell from which an address could be asked. */
function canAsk({ system }: RouterHandle): boolean {
  return liveSystem(system)?.probe !== undefined;
}

function routerFaults({ name, system, reach }: RouterHandle): Fault[] {
  return [...unreachable(reach.by, name, system), ...unconfigurable(system, name)];
}

/** The gate would wait to its end for an answer that nobody can ask for. */
function askerFaults(parts: readonly Part[], clusters: readonly ClusterHandle[]): Fault[] {
  const silent = clusters.flatMap(({ nodes }) => nodes.flatMap(({ fullName, reach }) => (reach ? [] : [fullName])));
  return parts
    .flatMap(({ probes = [] }) => probes)
    .flatMap(({ from = [], check = "a probe" }) =>
      from
        .filter((name) => silent.includes(name))
        .map((name) => ({
          path: `${check}.from`,
          found: name,
          expected: "a router, or a node that there is a way to: nothing can ask from this one",
        })),
    );
}

/** All that is wrong with what LiveNetwork itself is given. */
function argumentFaults({ parts, timeout = 60, receipt }: LiveNetworkArgs): Fault[] {
  const faults: Fault[] = [];
  if (parts.length === 0) {
    faults.push({
      path: "parts",
      found: "none",
      expected: "everything that the network is made of: racks, clusters, fabrics",
    });
  }
  if (!Number.isFinite(timeout) || timeout <= 0) {
    faults.push({ path: "timeout", found: String(timeout), expected: "seconds above 0" });
  }
  if (receipt !== undefined && !/\.(md|json)$/.test(receipt)) {
    faults.push({ path: "receipt", found: receipt, expected: "a file that ends in .md or .json" });
  }
  return faults;
}

/** A preview writes nothing. */
function write(receipt: Receipt | undefined, file: string): void {
  if (receipt === undefined || pulumi.runtime.isDryRun()) return;
  writeFileSync(file, file.endsWith(".json") ? receiptJson(receipt) : receiptMarkdown(receipt));
}

/** "Calico 3.32", with the balancer beside it. */
function cniTitles(clusters: readonly ClusterHandle[]): Record<string, string> {
  const titled = ({ kind, version }: { kind: string; version: string }) => `${kind} ${version}`;
  return Object.fromEntries(
    clusters.map(({ name, cni, balancer }) => [
      name,
      [cni, ...(balancer === undefined ? [] : [balancer])].map(titled).join(", "),
    ]),
  );
}

/** A router that returns before the gate has looked would never keep a push. */
function confirmationFaults({ name, reach }: RouterHandle, timeout: number): Fault[] {
  if (
    (reach.by !== "ssh" && reach.by !== "eapi") ||
    typeof reach.confirmWithin !== "number" ||
    reach.confirmWithin > timeout
  )
    return [];
  return [
    {
      path: `${name}.reach.confirmWithin`,
      found: String(reach.confirmWithin),
      expected: `more seconds than the gate may wait, ${timeout}: the gate confirms what was pushed`,
    },
  ];
}

function nodeFaults({ fullName, reach }: NodeHandle): Fault[] {
  return reach === undefined ? [] : unreachable(reach.by, fullName);
}

/** The addresses that a packet's way may show at each step. */
function hopsOf(
  { speakers }: Network,
  clusters: readonly ClusterHandle[],
  ways: readonly string[][],
): { speaker: string; addresses: string[] }[][] {
  const nodes = clusters.flatMap((cluster) => cluster.nodes);
  return ways.map((step) =>
    step.map((name) => ({
      speaker: name,
      addresses: [
        ...(speakers.find((speaker) => speaker.name === name)?.interfaces ?? []).flatMap(({ addresses }) =>
          addresses.map((text) => text.split("/")[0] ?? text),
        ),
        ...(nodes.find(({ fullName }) => fullName === name)?.podGateways ?? []),
      ],
    })),
  );
}
