/**
 * The command in daily use: snapshots, what a comparison reports, names that match nothing, what render keeps. Proves
 * what a person and a CI job see; what the answers are is proven in tests/forecast and tests/cni.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { bgpfabric, examples } from "./command";

const fresh = (from?: string): string => {
  const folder = mkdtempSync(join(tmpdir(), "daily-"));
  if (from !== undefined) cpSync(from, folder, { recursive: true });
  return folder;
};
const lines = (text: string): number => text.trimEnd().split("\n").length;
const edit = (file: string, change: (text: string) => string): void => {
  writeFileSync(file, change(readFileSync(file, "utf8")));
};

describe("an ordinary fabric: three leaves, two spines, twelve nodes with reflectors", () => {
  const cwd = fresh(join(__dirname, "fabric17"));

  beforeAll(() => {
    mkdirSync(join(cwd, "main"));
    for (const name of ["leaf1.conf", "leaf2.conf", "leaf3.conf", "spine1.conf", "spine2.conf", "links.yaml", "cal"]) {
      cpSync(join(cwd, name), join(cwd, "main", name), { recursive: true });
    }
    expect(bgpfabric(["init", "main"], { cwd }).code).toBe(0);
    cpSync(join(cwd, "main"), join(cwd, "pr"), { recursive: true });
    edit(join(cwd, "pr/cal/cluster.yaml"), (text) =>
      text
        .replace('    route-reflector: "true"\n', "")
        .replace("    projectcalico.org/RouteReflectorClusterID: 244.0.0.1\n", ""),
    );
  }, 60_000);

  test("init names five FRR routers with their versions, the CNI and the links", () => {
    const written = readFileSync(join(cwd, "main/bgpfabric.yaml"), "utf8");
    expect(written.match(/system: frr\n\s+version: "10.3"/g)).toHaveLength(5);
    expect(written).toContain("cni: calico");
    expect(written).toContain("links: links.yaml");
  });

  test("the whole forecast fits on a page, routers first, and a doubt is a mark", { timeout: 60_000 }, () => {
    const { out } = bgpfabric(["forecast", "main"], { cwd, patience: 60_000 });
    expect(lines(out)).toBeLessThanOrEqual(80);
    expect(out.indexOf("leaf1")).toBeLessThan(out.indexOf("r1n1"));
    expect(out).not.toContain("interface%");
  });

  test("a node that stops reflecting: named as the cause, in at most thirty lines, exit 1", { timeout: 60_000 }, () => {
    const { out, code } = bgpfabric(["diff", "main", "pr"], { cwd, patience: 60_000 });
    expect(lines(out)).toBeLessThanOrEqual(30);
    expect(out).toContain(
      "because r1n1 is no reflector any more: label route-reflector gone, annotation RouteReflectorClusterID gone",
    );
    expect(out).toMatch(/sessions: 9 lost, 2 reset/);
    expect(out).toMatch(/findings: \d+ new, \d+ as before/);
    expect(out).not.toContain("{");
    expect(code).toBe(1);
  });

  test("nothing changed: every finding is as before, exit 0", { timeout: 60_000 }, () => {
    const { out, code } = bgpfabric(["diff", "main", "main"], { cwd, patience: 60_000 });
    expect(out).toMatch(/^no session and no route changes\nfindings: none new, \d+ as before\n$/);
    expect(code).toBe(0);
  });

  test("a link that fails is named by both of its ends", { timeout: 60_000 }, () => {
    const { out } = bgpfabric(["failures", "main"], { cwd, patience: 60_000 });
    expect(out).toContain("\nlink leaf1:swp1 -- spine1:swp1:\n");
    expect(out).toContain("\nlink rack1:\n");
  });

  test("findings of one cause are one paragraph", { timeout: 60_000 }, () => {
    const { out } = bgpfabric(["rules", "main"], { cwd, patience: 60_000 });
    expect(out).toMatch(/speakers cannot use \d+ next hops each, because leaf1, leaf2 and leaf3 export/);
    expect(lines(out)).toBeLessThan(40);
  });
});

describe("router configurations are compared", () => {
  test("a neighbor that goes, with the file and line that named it", () => {
    const cwd = fresh();
    const router = (name: string, asn: number, own: string, other: string, far: number): string =>
      `frr version 10.3\nfrr defaults datacenter\nhostname ${name}\ninterface eth1\n ip address ${own}/30\nrouter bgp ${asn}\n bgp router-id ${own}\n neighbor ${other} remote-as ${far}\n`;
    for (const side of ["main", "pr"]) {
      mkdirSync(join(cwd, side));
      writeFileSync(join(cwd, side, "a.conf"), router("a", 65001, "10.0.0.1", "10.0.0.2", 65002));
      writeFileSync(join(cwd, side, "b.conf"), router("b", 65002, "10.0.0.2", "10.0.0.1", 65001));
    }
    edit(join(cwd, "pr/a.conf"), (text) => text.replace(/ neighbor .*\n/, ""));
    for (const side of ["main", "pr"]) expect(bgpfabric(["init", side], { cwd }).code).toBe(0);
    const { out, code } = bgpfabric(["diff", "main", "pr"], { cwd });
    expect(out).toContain("- a 10.0.0.1 -- b 10.0.0.2 lost");
    expect(out).toContain("a: neighbor 10.0.0.2 is gone (main/a.conf:8)");
    expect(code).toBe(1);
  });

  test("a password that changes on one side is a change, and its value shows nowhere", () => {
    const cwd = fresh();
    const conf = (password: string): string =>
      `interface eth1\n ip address 10.0.0.1/30\nrouter bgp 65001\n bgp router-id 10.0.0.1\n neighbor 10.0.0.2 remote-as 65002\n neighbor 10.0.0.2 password ${password}\n`;
    const snapshot = "routers: { a: { file: a.conf, system: frr } }\n";
    for (const [side, password] of [
      ["main", "first-secret"],
      ["pr", "second-secret"],
    ] as const) {
      mkdirSync(join(cwd, side));
      writeFileSync(join(cwd, side, "a.conf"), conf(password));
      writeFileSync(join(cwd, side, "bgpfabric.yaml"), snapshot);
    }
    const { out, err } = bgpfabric(["diff", "--json", "main", "pr"], { cwd });
    expect((JSON.parse(out) as { changes: { field: string }[] }).changes.map(({ field }) => field)).toEqual([
      "password",
    ]);
    expect(out + err).not.toMatch(/(first|second)-secret/);
  });
});

describe("nothing in is not green, and a name that matches nothing is a fault", () => {
  const cases: [string, string[], RegExp][] = [
    ["no input", ["rules"], /nothing here speaks BGP/],
    [
      "manifests without a Node",
      ["forecast", "--cni", "calico", "trouble/no-node.yaml"],
      /expected Nodes that speak BGP/,
    ],
    ["--speaker tor9", ["forecast", "ci/main", "--speaker", "tor9"], /"tor9".*did you mean tor1\?/],
    ["--vrf nowhere", ["forecast", "ci/main", "--vrf", "RED"], /--vrf: found "RED"/],
    [
      "ends of links",
      ["forecast", "--cni", "calico", "--frr", "tor1=tor1.conf", "--links", "trouble/links.yaml", "selective"],
      /links\.yaml:3: tor1:Vlan1: .*did you mean Vlan10\?[\s\S]*links\.yaml:3: wroker2:eth0: .*did you mean worker2\?/,
    ],
    ["one router twice", ["forecast", "--frr", "a=tor1.conf", "--frr", "a=spine1.conf"], /each router once/],
  ];
  for (const [name, args, message] of cases) {
    test(name, () => {
      const ran = bgpfabric(args);
      expect(ran.err).toMatch(message);
      expect(ran).toMatchObject({ code: 2, out: "" });
    });
  }

  test("a field of bgpfabric.yaml that is misspelt, with its line", () => {
    const cwd = fresh(join(examples, "ci/main"));
    edit(join(cwd, "bgpfabric.yaml"), (text) => text.replace("    version:", "    verison:"));
    const ran = bgpfabric(["forecast", "."], { cwd });
    expect(ran.err).toMatch(/bgpfabric\.yaml:4: clusters\[0\]\.verison: .*did you mean version\?/);
    expect(ran.code).toBe(2);
  });

  test("one interface on two links, one name for two links", () => {
    const cwd = fresh(join(examples, "ci/main"));
    writeFileSync(
      join(cwd, "links.yaml"),
      "links:\n  - { name: r, ends: [tor1:Vlan10, worker:eth0] }\n  - { name: r, ends: [tor1:Vlan10] }\n",
    );
    const ran = bgpfabric(["forecast", "."], { cwd });
    expect(ran.err).toMatch(/each link's name once[\s\S]*each interface on one link: r has it/);
    expect(ran.code).toBe(2);
  });
});

describe("a folder of manifests", () => {
  const cwd = fresh();
  cpSync(join(examples, "selective/cluster.yaml"), join(cwd, "m/cluster.yaml"), { recursive: true });
  writeFileSync(join(cwd, "m/kustomization.yaml"), "resources: [cluster.yaml]\n");
  writeFileSync(join(cwd, "m/values.yaml"), "bgp: { enabled: true }\n");
  mkdirSync(join(cwd, "m/more"));
  writeFileSync(
    join(cwd, "m/more/node.yaml"),
    "apiVersion: v1\nkind: Node\nmetadata: { name: worker9, annotations: { projectcalico.org/IPv4Address: 10.10.10.19/24 } }\n",
  );

  test("kustomization.yaml and values.yaml are passed over with a note, a sub-folder too", () => {
    const ran = bgpfabric(["speakers", "--cni", "calico", "m"], { cwd });
    expect(ran.code).toBe(0);
    expect(ran.err).toMatch(/note: m\/kustomization\.yaml[\s\S]*note: m\/more: .*-R[\s\S]*note: m\/values\.yaml/);
    expect(ran.out).not.toContain("worker9");
  });

  test("-R reads the sub-folder", () => {
    expect(bgpfabric(["speakers", "-R", "--cni", "calico", "m"], { cwd }).out).toContain("worker9");
  });
});

describe("render loses nothing and invents nothing", () => {
  const conf = `hostname a
log syslog informational
interface eth1
 description to the spine
 ip address 10.0.0.1/30
router bgp 65001
 bgp router-id 10.0.0.1
 neighbor 10.0.0.2 remote-as 65002
 neighbor 10.0.0.2 password hunter2hunter2
`;
  const cwd = fresh();
  writeFileSync(join(cwd, "a.conf"), conf);
  writeFileSync(join(cwd, "secrets.yaml"), 'tor: "hunter2hunter2"\n');

  test("without the password's value it refuses", () => {
    const ran = bgpfabric(["render", "--frr", "a=a.conf"], { cwd });
    expect(ran.err).toMatch(/expected its value; --secrets FILE/);
    expect(ran).toMatchObject({ code: 2, out: "" });
  });

  test("with the secrets file the line is written as it was, and the lines left out are listed", () => {
    const ran = bgpfabric(["render", "--frr", "a=a.conf", "--secrets", "secrets.yaml"], { cwd });
    expect(ran.out).toContain(" neighbor 10.0.0.2 password hunter2hunter2\n");
    expect(ran.err).toContain("a.conf:2: left out, or written otherwise: log syslog informational");
    expect(ran.err).toContain("a.conf:4: left out, or written otherwise: description to the spine");
    expect(ran.err).not.toContain("remote-as");
    expect(ran.code).toBe(0);
  });

  test("the VRFs of an FRR router are written with it; EOS's are refused, or left out by name", () => {
    writeFileSync(
      join(cwd, "v.conf"),
      `${conf}router bgp 65001 vrf RED\n bgp router-id 10.1.0.1\n neighbor 10.1.0.2 remote-as 65002\n`,
    );
    const { code, out } = bgpfabric(["render", "--frr", "a=v.conf", "--secrets", "secrets.yaml"], { cwd });
    expect([code, out.match(/^router bgp .*$/gm)]).toEqual([0, ["router bgp 65001", "router bgp 65001 vrf RED"]]);
    const eos = "hostname b\nrouter bgp 65001\n   router-id 10.0.0.1\n   vrf RED\n      router-id 10.1.0.1\n";
    writeFileSync(join(cwd, "b.eos"), `${eos}      neighbor 10.1.0.2 remote-as 65002\n`);
    const args = ["render", "--eos", "b=b.eos"];
    expect(bgpfabric(args, { cwd })).toMatchObject({
      code: 2,
      err: expect.stringMatching(/b vrf RED: found "BGP in a VRF"/) as string,
    });
    const partial = bgpfabric([...args, "--partial"], { cwd });
    expect(partial).toMatchObject({ code: 0, err: expect.stringContaining("b vrf RED: left out") as string });
  });

  test("the BGP part alone has no interface", () => {
    const { out } = bgpfabric(["render", "--bgp-only", "--frr", "a=a.conf", "--secrets", "secrets.yaml"], { cwd });
    expect(out).toMatch(/^router bgp 65001\n/);
    expect(out).not.toMatch(/interface|hostname|frr version/);
  });
});

test("a comment is Markdown that a fence in the network's names cannot break out of", () => {
  const ran = bgpfabric(["comment", "-"], { input: bgpfabric(["diff", "--json", "ci/main", "ci/loss"]).out });
  expect(ran.out).toMatch(/^### BGP forecast: 1 session lost\n/);
  expect(ran.out).toContain("| sessions | 0 | 1 | 0 |");
  expect(ran.out.match(/^~~~~/gm)?.length).toBe(4);
  const finding = bgpfabric(["comment", "-"], { input: bgpfabric(["diff", "--json", "ci/main", "ci/finding"]).out });
  expect(finding.out).toMatch(/^### BGP forecast: nothing is lost, 1 new finding\n/);
  const faults = bgpfabric(["comment", "-"], { input: bgpfabric(["diff", "--json", "ci/main", "ci/nowhere"]).out });
  expect(faults.out).toMatch(/^### BGP forecast: the input cannot be taken\n\n- `ci\/nowhere: found "no such file"/);
});

test("a comment fits into a pull request, however much there is to say", () => {
  const cause = "x".repeat(60);
  const sessionLines = Array.from({ length: 2000 }, (_, at) => `session ${at} ${cause}`);
  const sessions = sessionLines.map(() => ({ up: true }));
  const { out } = bgpfabric(["comment", "-"], { input: JSON.stringify({ sessions, sessionLines, routes: [] }) });
  expect(out.length).toBeLessThan(65_536);
  expect(out).toMatch(/session 9 [\s\S]*\n\.\.\. and \d+ lines more, which the command itself prints\n~~~~\n/);
});
