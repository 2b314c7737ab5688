/** `init`: looks at a folder and writes bgpfabric.yaml, which makes it a snapshot: what each file is, and which CNI. */
import { existsSync, statSync, writeFileSync } from "node:fs";
import { basename, extname, join, relative } from "node:path";
import { stringify } from "yaml";
import { fail, ok, type Result } from "../../components/model/errors";
import { CNIS, cniOf } from "../../components/cni";
import { readText } from "../files";
import { filesOf, OF_OTHERS, SNAPSHOT } from "../folder";
import { count } from "../print";
import { recognise } from "../recognise";
import type { Said } from "../said";

interface Found {
  networks: string[];
  routers: Record<string, { file: string; system: "frr" | "eos"; version?: string }>;
  /** Files by CNI; under "" those that name none. */
  manifests: Map<string, string[]>;
  versions: Map<string, string>;
  links: string[];
  nodes: number;
  skipped: string[];
  twice: { file: string; router: string; before: string }[];
}

export function initVerb(folder: string, options: { force?: boolean; cni?: string }): Result<Said> {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    return fail({ path: "", file: folder, found: "no folder", expected: "a folder with a network's files" });
  }
  const target = join(folder, SNAPSHOT);
  if (existsSync(target) && options.force !== true) {
    return fail({
      path: "",
      file: target,
      found: "the file",
      expected: "no such file yet",
      fix: "--force replaces it",
    });
  }
  const found = lookAt(folder);
  const routers = Object.keys(found.routers).length;
  if (found.twice.length > 0) {
    return fail(
      ...found.twice.map(({ file, router, before }) => ({
        path: "",
        file,
        found: `router ${router}`,
        expected: `one configuration for each router: ${before} is ${router} already`,
        fix: "move one of them out of the folder, or name the routers in bgpfabric.yaml by hand",
      })),
    );
  }
  if (routers === 0 && found.nodes === 0 && found.networks.length === 0) {
    return fail({
      path: "",
      file: folder,
      found: "no router, no Node and no Network",
      expected: "router configurations (FRR, EOS), or manifests with Nodes",
      fix: "put them here: `vtysh -c 'show running-config'`, `kubectl get nodes,services,endpointslices -A -o yaml`",
    });
  }
  const value = contents(found, options.cni);
  if (!value.ok) return value;
  writeFileSync(target, HEAD + stringify(value.value, { lineWidth: 0 }));
  const text = [
    `${target}: ${[count(routers, "router"), count(found.nodes, "node"), count(found.links.length, "links file")].join(", ")}`,
    ...found.skipped.map((file) => `not used: ${file}`),
    ...(found.links.length > 1 ? ["several links files: bgpfabric.yaml names the first, join them into one"] : []),
    ...(value.value.clusters ?? [])
      .filter(({ cni }) => found.versions.get(cni) === undefined)
      .map(
        ({ cni, version }) =>
          `no object says which version of ${cni} runs: ${SNAPSHOT} says ${version}, correct it if need be`,
      ),
  ].join("\n");
  return ok({ text, json: { snapshot: target, contents: value.value, skipped: found.skipped }, findings: false });
}

const HEAD = `# What each file of this folder is, for bgpfabric. Written by \`bgpfabric init\`; edit it as needed.\n`;

function lookAt(folder: string): Found {
  const found: Found = {
    networks: [],
    routers: {},
    manifests: new Map(),
    versions: new Map(),
    links: [],
    nodes: 0,
    skipped: [],
    twice: [],
  };
  for (const path of filesOf(folder)) note(found, relative(folder, path), path);
  return found;
}

function note(found: Found, name: string, path: string): void {
  if (OF_OTHERS.test(basename(name))) return void found.skipped.push(name);
  const read = readText(path);
  const what = read.ok ? recognise(read.value.text) : undefined;
  switch (what?.kind) {
    case undefined:
      return void found.skipped.push(name);
    case "network":
      return void found.networks.push(name);
    case "links":
      return void found.links.push(name);
    case "router": {
      const router = what.name ?? basename(name, extname(name));
      const before = Object.hasOwn(found.routers, router) ? found.routers[router]?.file : undefined;
      if (before !== undefined) return void found.twice.push({ file: path, router, before });
      const { system, version } = what;
      found.routers[router] = { file: name, system, ...(version === undefined ? {} : { version }) };
      return;
    }
    case "manifests": {
      const cnis: { name: string; version?: string }[] = what.cnis.length === 0 ? [{ name: "" }] : what.cnis;
      for (const { name: cni, version } of cnis) {
        found.manifests.set(cni, [...(found.manifests.get(cni) ?? []), name]);
        if (version !== undefined) found.versions.set(cni, version);
      }
      found.nodes += what.nodes;
    }
  }
}

interface Contents {
  networks?: string[];
  clusters?: { cni: string; version: string; manifests: string[] }[];
  routers?: Found["routers"];
  links?: string;
}

/** Manifests that name no CNI (Nodes, Services) belong to each of those that others name. */
function contents(found: Found, wanted: string | undefined): Result<Contents> {
  const shared = found.manifests.get("") ?? [];
  const named = [...found.manifests.keys()].filter((cni) => cni !== "");
  const cnis = wanted === undefined ? named : [wanted];
  if (cnis.length === 0 && shared.length > 0) {
    const expected = `objects of a CNI that speaks BGP (${Object.keys(CNIS).join(", ")})`;
    return fail({ path: "", file: shared.join(", "), found: "none", expected, fix: "say --cni NAME" });
  }
  const clusters = cnis.map((cni) => {
    const version = found.versions.get(cni) ?? cniOf({ kind: cni }).versions[0];
    const manifests = [...new Set([...(found.manifests.get(cni) ?? []), ...shared])].sort();
    return { cni, version, manifests };
  });
  const [links] = found.links;
  return ok({
    ...(found.networks.length > 0 ? { networks: found.networks } : {}),
    ...(clusters.length > 0 ? { clusters } : {}),
    ...(Object.keys(found.routers).length > 0 ? { routers: found.routers } : {}),
    ...(links === undefined ? {} : { links }),
  });
}
