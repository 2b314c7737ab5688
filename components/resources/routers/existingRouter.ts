/** A router that exists, on a rack's segments: a switch with FRR over SSH, or one with EOS over eAPI. Nothing is made. */
import * as pulumi from "@pulumi/pulumi";
import { plain } from "../../live/reach/eapi";
import { readHostKey } from "../../live/reach/hostKey";
import type { Fault } from "../../model/errors";
import { type ExistingRouterSpec, planExistingRouter } from "../../plan/existingRouter";
import type { NetworkPart } from "../../plan/part";
import type { RackHandle, ReachInputs, RouterHandle } from "../handles";

export interface ExistingRouterArgs extends ExistingRouterSpec {
  /** The way to it. @example { by: "ssh", host: "tor1.example", user: "root", key, hostKey: "ssh-ed25519 AAAA..." } */
  reach: Extract<ReachInputs, { by: "ssh" | "eapi" }>;
}

/**
 * Creates nothing: the router is there. LiveNetwork pushes the BGP that all parts want of it, with the lists and policies
 * that this uses, asks it for sessions and routes, and gives back what was there when the program goes. It is a rack too:
 * nodes can be placed on its segments.
 */
export class ExistingRouter extends pulumi.ComponentResource implements RouterHandle, RackHandle {
  readonly name: string;
  readonly rack: string;
  readonly system: RouterHandle["system"];
  readonly asn: number;
  readonly addresses: RouterHandle["addresses"];
  readonly neighbors: RouterHandle["neighbors"];
  readonly peerLimit?: number;
  readonly loopback?: string;
  readonly bfd?: boolean;
  readonly reach: ReachInputs;
  readonly overwrite?: boolean;
  readonly segments: RackHandle["segments"];
  readonly networks: RackHandle["networks"] = {};
  readonly router: RouterHandle;
  readonly network: NetworkPart;
  readonly routers: RouterHandle[];
  readonly resources: pulumi.Resource[];

  constructor(name: string, args: ExistingRouterArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planExistingRouter(name, args, reachFaults(args));
    super("bgpfabric:index:ExistingRouter", name, {}, opts);
    this.name = name;
    this.rack = plan.inRack.rack;
    this.system = plan.system;
    this.asn = plan.asn;
    this.addresses = plan.addresses;
    this.neighbors = plan.neighbors;
    if (plan.peerLimit !== undefined) this.peerLimit = plan.peerLimit;
    if (plan.loopback !== undefined) this.loopback = plan.loopback;
    if (plan.bfd !== undefined) this.bfd = plan.bfd;
    this.reach = args.reach;
    if (args.overwrite !== undefined) this.overwrite = args.overwrite;
    this.segments = plan.inRack.segments;
    this.network = plan.network;
    this.router = this;
    this.routers = [this];
    this.resources = [this];
    this.registerOutputs({});
  }
}

/** How each system is reached, and fields that are plain already. */
function reachFaults({ os, reach }: ExistingRouterArgs): Fault[] {
  const faults: Fault[] = [];
  const way = { frr: "ssh", eos: "eapi" }[os] as string | undefined;
  if (way !== undefined && reach.by !== way) {
    faults.push({ path: "reach.by", found: reach.by, expected: `"${way}": ${os} is reached by nothing else` });
  }
  if (reach.by === "eapi") return [...faults, ...eapiFaults(reach)];
  const { host, hostKey, port } = reach;
  if (host === "") faults.push({ path: "reach.host", found: "", expected: "a name or an address" });
  if (typeof hostKey === "string" && readHostKey(hostKey) === undefined) {
    faults.push({
      path: "reach.hostKey",
      found: hostKey,
      expected: 'a public key, "ssh-ed25519 AAAA...", or its fingerprint, "SHA256:..."',
      fix: "ssh-keyscan prints it; compare it with what the router's console shows",
    });
  }
  if (typeof port === "number" && !(Number.isInteger(port) && port >= 1 && port <= 65535)) {
    faults.push({ path: "reach.port", found: String(port), expected: "a port, 1 to 65535" });
  }
  return faults;
}

function eapiFaults({ url, fingerprint, authority }: Extract<ReachInputs, { by: "eapi" }>): Fault[] {
  const faults: Fault[] = [];
  if (typeof url === "string" && !/^https:\/\/[^/@]+\/?$/.test(url)) {
    const fix = "a user and a password have fields of their own";
    faults.push({
      path: "reach.url",
      found: withoutUser(url),
      expected: '"https://tor1.example", with a port where it is not 443',
      fix,
    });
  }
  if (typeof fingerprint === "string" && !/^[0-9a-f]{64}$/.test(plain(fingerprint))) {
    const fix = "openssl x509 -noout -fingerprint -sha256 prints it";
    faults.push({ path: "reach.fingerprint", found: fingerprint, expected: "a SHA-256 fingerprint of 32 bytes", fix });
  }
  if (typeof authority === "string" && !authority.includes("-----BEGIN CERTIFICATE-----")) {
    faults.push({
      path: "reach.authority",
      found: "",
      expected: "a certificate in PEM form, -----BEGIN CERTIFICATE-----",
    });
  }
  return faults;
}

/** A password in an address stays out of messages. */
function withoutUser(url: string): string {
  return url.replace(/\/\/.*@/, "//...@");
}
