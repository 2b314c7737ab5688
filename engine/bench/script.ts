/**
 * The same lab as a plain shell script: what a person would type with docker and kubectl to get the containers,
 * configuration and objects of a stack, in the stack's own order. It is what `make bench` holds Pulumi against.
 */
import { createHash } from "node:crypto";

export interface Resource {
  type: string;
  urn: string;
  id?: string;
  inputs?: Record<string, unknown>;
}

export interface Script {
  /** Lines for `sh -e`; files are read from the script's folder. */
  lines: string[];
  files: { name: string; content?: string; copyOf?: string }[];
  /** What the stack has and the script has not. */
  leftOut: string[];
}

type Values = Record<string, unknown>;

export function shellScript(resources: readonly Resource[], kubeconfig: string | undefined): Script {
  const script: Script = { lines: [], files: [], leftOut: [] };
  if (kubeconfig !== undefined) script.files.push({ name: "kubeconfig", content: kubeconfig });
  // Other resources know a container by its id, which differs when it is made by hand.
  const names = new Map<string, string>();
  for (const { type, urn, id, inputs } of resources) {
    const values = open(inputs ?? {}) as Values;
    const name = urn.slice(urn.lastIndexOf("::") + 2);
    if (type === "docker:index/network:Network") network(script, values);
    else if (type === "docker:index/container:Container") {
      container(script, values);
      if (id !== undefined) names.set(id, text(values["name"]));
    } else if (type === "command:local:Command") script.lines.push(`( ${text(values["create"])} )`);
    else if (type.endsWith(":RouterConfiguration")) routerConfiguration(script, values, names);
    else if (type.endsWith(":ClusterReady")) script.lines.push(...CLUSTER_READY);
    else if (type.startsWith("kubernetes:")) object(script, values);
    else if (!/^(pulumi:|bgpfabric:index:)|RemoteImage$/.test(type)) script.leftOut.push(`${type} ${name}`);
  }
  return script;
}

/** Secrets of an export lie in an envelope with their plain text. */
function open(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(open);
  if (typeof value !== "object" || value === null) return value;
  const { plaintext } = value as { plaintext?: unknown };
  if (typeof plaintext === "string" && Object.keys(value).length === 2) return open(JSON.parse(plaintext));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, open(inner)]));
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

function list(value: unknown): Values[] {
  return Array.isArray(value) ? (value as Values[]) : [];
}

function pairs(value: unknown): [string, string][] {
  return Object.entries((value ?? {}) as Values)
    .filter(([name]) => name !== "__defaults")
    .map(([name, inner]) => [name, text(inner)]);
}

function command(words: string[]): string {
  return words.map(quote).join(" ");
}

function labels(values: Values): string[] {
  return list(values["labels"]).flatMap(({ label, value }) => ["--label", `${text(label)}=${text(value)}`]);
}

function network(script: Script, values: Values): void {
  const words = ["docker", "network", "create", "--driver", text(values["driver"]) || "bridge", ...labels(values)];
  for (const { subnet, gateway } of list(values["ipamConfigs"])) {
    words.push("--subnet", text(subnet), ...(gateway === undefined ? [] : ["--gateway", text(gateway)]));
  }
  for (const [name, value] of pairs(values["options"])) words.push("--opt", `${name}=${value}`);
  if (values["internal"] === true) words.push("--internal");
  script.lines.push(command([...words, text(values["name"])]));
}

function container(script: Script, values: Values): void {
  const name = text(values["name"]);
  const words = ["docker", "create", "--name", name, ...labels(values)];
  const adds = ((values["capabilities"] ?? {}) as { adds?: string[] }).adds ?? [];
  for (const capability of adds) words.push("--cap-add", capability.replace(/^CAP_/, ""));
  for (const [key, value] of pairs(values["sysctls"])) words.push("--sysctl", `${key}=${value}`);
  for (const [key, value] of pairs(values["tmpfs"])) words.push("--tmpfs", `${key}:${value}`);
  for (const env of (values["envs"] ?? []) as string[]) words.push("--env", env);
  for (const { ip, external, internal, protocol } of list(values["ports"])) {
    words.push("--publish", `${text(ip)}:${text(external)}:${text(internal)}/${text(protocol) || "tcp"}`);
  }
  if (values["hostname"] !== undefined) words.push("--hostname", text(values["hostname"]));
  if (values["restart"] !== undefined) words.push("--restart", text(values["restart"]));
  const [first, ...others] = list(values["networksAdvanced"]);
  if (first !== undefined) words.push(...attachment("--network", first));
  words.push(text(values["image"]), ...((values["command"] ?? []) as string[]));
  script.lines.push(command(words));
  for (const other of others) {
    const [, at, ...options] = attachment("", other);
    script.lines.push(command(["docker", "network", "connect", ...options, at ?? "", name]));
  }
  for (const upload of list(values["uploads"])) script.lines.push(copyIn(script, upload, name));
  script.lines.push(command(["docker", "start", name]));
}

function attachment(option: string, { name, ipv4Address, aliases }: Values): string[] {
  const words = [option, text(name)];
  if (ipv4Address !== undefined) words.push("--ip", text(ipv4Address));
  for (const alias of (aliases ?? []) as string[]) words.push(option === "" ? "--alias" : "--network-alias", alias);
  return words;
}

function copyIn(script: Script, upload: Values, name: string): string {
  const to = text(upload["file"]);
  const file = `${createHash("sha256").update(JSON.stringify(upload)).digest("hex").slice(0, 12)}.file`;
  if (!script.files.some((known) => known.name === file)) {
    const source = upload["source"];
    script.files.push(
      source === undefined ? { name: file, content: text(upload["content"]) } : { name: file, copyOf: text(source) },
    );
  }
  // A folder that is missing in the image comes with the archive; `docker cp` alone makes none.
  return `tar -c --transform ${quote(`s,^${file}$,${to.slice(1)},`)} ${file} | docker cp - ${quote(`${name}:/`)}`;
}

function routerConfiguration(script: Script, values: Values, names: ReadonlyMap<string, string>): void {
  const given = text(values["container"]);
  const name = names.get(given) ?? given;
  const file = `${name}.conf`;
  script.files.push({ name: file, content: text(values["text"]) });
  script.lines.push(
    `until docker exec ${quote(name)} vtysh -c 'show version' >/dev/null 2>&1; do sleep 0.1; done`,
    `docker exec -i ${quote(name)} sh -c 'cat > /tmp/bench.conf && vtysh -f /tmp/bench.conf' < ${quote(file)}`,
  );
}

const CLUSTER_READY = [
  "until kubectl --kubeconfig kubeconfig get --raw /readyz >/dev/null 2>&1; do sleep 0.1; done",
  "until kubectl --kubeconfig kubeconfig wait --for=condition=Ready node --all --timeout=60s >/dev/null 2>&1; do sleep 0.1; done",
];

/** Patches are applied like objects: server-side apply gives their fields an owner and no more. */
function object(script: Script, values: Values): void {
  const file = `object-${script.files.length}.json`;
  script.files.push({ name: file, content: JSON.stringify(withoutMarks(values)) });
  script.lines.push(`kubectl --kubeconfig kubeconfig apply --server-side --force-conflicts -f ${file}`);
  const { kind, metadata } = values as { kind?: string; metadata?: { name?: string; namespace?: string } };
  if (kind === "Deployment") {
    const at = ["-n", metadata?.namespace ?? "default", `deployment/${metadata?.name ?? ""}`];
    script.lines.push(command(["kubectl", "--kubeconfig", "kubeconfig", "rollout", "status", ...at, "--timeout=60s"]));
  }
}

function withoutMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMarks);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !name.startsWith("__"));
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutMarks(inner)]));
}
