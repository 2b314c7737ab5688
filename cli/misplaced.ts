/** Files that are good for something else than what they were given as, and what they should be given as. */
import { CNIS } from "../components/cni";
import type { Cni } from "../components/cni/cni";
import { groupOf, type ClusterObjects } from "../components/cni/objects";
import type { ObjectFinding } from "../components/cni/finding";
import type { Fault } from "../components/model/errors";
import type { TextFile } from "./files";
import type { ClusterInput } from "./inputTypes";
import { count } from "./print";
import { isTemplate, recognise, TEMPLATE } from "./recognise";

/** A router's configuration or a links file among the manifests. */
export function otherInput({ file, text }: TextFile): Fault | undefined {
  // Only these two are looked for: an export of a cluster is megabytes.
  if (!/^\s*router bgp\s|^(links|addresses)\s*:/m.test(text)) return undefined;
  const what = recognise(text);
  const expected = "Kubernetes objects or a Network";
  if (what?.kind === "router") {
    const name = what.name ?? "NAME";
    const found = `a configuration of ${what.system === "eos" ? "EOS" : "FRR"}`;
    return { path: "", file, found, expected, fix: `give it as --${what.system} ${name}=${file}` };
  }
  return what?.kind === "links"
    ? { path: "", file, found: "links between routers and nodes", expected, fix: `give it as --links ${file}` }
    : undefined;
}

/** Of a Helm template one fault says more than all that YAML finds wrong in it. */
export function withoutTemplates(faults: readonly Fault[], files: readonly TextFile[]): Fault[] {
  const wrong = new Set(faults.map(({ file }) => file));
  const templates = files.filter(({ file, text }) => wrong.has(file) && isTemplate(text));
  const names = new Set(templates.map(({ file }) => file));
  return [
    ...faults.filter(({ file }) => file === undefined || !names.has(file)),
    ...templates.map(({ file, text }): Fault => {
      const lines = text.split("\n");
      const line = lines.findIndex((each) => TEMPLATE.test(each));
      const found = (lines[line] ?? "").trim().slice(0, 80);
      const fix = "this is a template of Helm: give the output of `helm template`";
      return { path: "", file, line: line + 1, found, expected: "Kubernetes objects", fix };
    }),
  ];
}

/** Nothing that was named speaks BGP; a note may say why. */
export function nothing(names: readonly string[], notes: readonly string[]): Fault {
  const passedOver = notes.find((note) => note.includes("bgpfabric init"));
  return {
    path: "",
    found: names.length === 0 ? "" : names.join(", "),
    expected: "a router, a Node or a Network: nothing here speaks BGP",
    fix:
      passedOver ??
      "name a snapshot folder (`bgpfabric init FOLDER` makes one), manifests with --cni, or routers with --frr and --eos",
  };
}

/** Objects that a CNI makes no speaker of: no Node among them, or none of its own. */
export function noNode(
  { files, cni }: ClusterInput,
  { nodes, resources = [], services = [] }: ClusterObjects,
  findings: readonly ObjectFinding[],
): Fault {
  const others = resources.length + services.length;
  const fault = {
    path: "",
    file: files.join(", "),
    found: `${count(nodes.length, "Node")} and ${count(others, "other object")} of interest`,
    expected: "Nodes that speak BGP: without one there is nothing to forecast",
  };
  if (nodes.length === 0) return { ...fault, fix: "add the output of `kubectl get nodes -o yaml`" };
  const groups = resources.map(({ apiVersion }) => groupOf(apiVersion));
  const owners = Object.entries<Cni>(CNIS).filter(([, { domain }]) =>
    groups.some((group) => group === domain || group.endsWith(`.${domain}`)),
  );
  if (owners.some(([name]) => name === cni)) {
    const why = findings
      .filter(({ id, severity }) => severity !== "info" && !id.endsWith("/service-not-announced"))
      .map(findingWords);
    const fix = why.length > 0 ? why.slice(0, 3).join("; ") : `no object of ${cni ?? ""} makes a Node speak BGP`;
    return { ...fault, fix };
  }
  const [owner] = owners;
  const fix =
    owner === undefined
      ? `there is no object of ${cni ?? "the CNI"}: add its own objects`
      : `these are objects of ${owner[0]}: say --cni ${owner[0]}`;
  return { ...fault, fix };
}

function findingWords({ object, path, sentence, source }: ObjectFinding): string {
  const place = [source?.file, source?.line].filter((part) => part !== undefined).join(":");
  return [place, [object, path].filter((part) => part !== undefined).join(" "), sentence]
    .filter((part) => part !== "")
    .join(": ");
}
