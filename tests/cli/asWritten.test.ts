/**
 * Files as people write and export them: byte order marks, banners, templates, files given as something else. Proves that
 * each is read as it is meant, or refused in one sentence that says what to do.
 */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { bgpfabric, examples } from "./command";

const cwd = mkdtempSync(join(tmpdir(), "as-written-"));
afterAll(() => rmSync(cwd, { recursive: true }));
const file = (name: string, content: string | Buffer): string => {
  writeFileSync(join(cwd, name), content);
  return name;
};
const run = (...args: string[]) => bgpfabric(args, { cwd });

const FRR = `frr version 10.3
frr defaults datacenter
hostname a
interface eth1
 ip address 10.0.0.1/30
router bgp 65001
 neighbor 10.0.0.2 remote-as 65002
`;

describe("from Windows", () => {
  for (const [what, content] of [
    ["with a byte order mark", Buffer.from(`\ufeff${FRR}`)],
    ["as PowerShell writes it, UTF-16", Buffer.from(`\ufeff${FRR}`, "utf16le")],
    ["with its line ends", Buffer.from(FRR.replaceAll("\n", "\r\n"))],
  ] as const) {
    test(`a configuration ${what}`, () => {
      const ran = run("speakers", "--frr", `a=${file("w.conf", content)}`);
      expect(ran).toMatchObject({ code: 0, err: "" });
      expect(ran.out).toContain("a  AS 65001  router id 10.0.0.1  frr 10.3\n");
    });
  }
});

describe("EOS", () => {
  const head = "! device: sw1 (DCS-7050, EOS-4.32.1F)\nhostname sw1\n";
  const bgp = "router bgp 65001\n   router-id 10.255.0.1\n   neighbor 10.0.0.0 remote-as 65000\n";

  test("the text of a banner is no configuration", () => {
    const banner = "banner login\nrouter bgp 1\n   neighbor 1.2.3.4 remote-as 2\nAuthorised access only!\nEOF\n!\n";
    const { out } = run("speakers", "--json", "--eos", `sw1=${file("banner.cfg", head + banner + bgp)}`);
    const [speaker] = (JSON.parse(out) as { speakers: { asn: number; neighbors: unknown[]; unmodelled?: unknown }[] })
      .speakers;
    expect(speaker).toMatchObject({ asn: 65001, neighbors: [{ address: "10.0.0.0" }] });
    expect(speaker?.neighbors).toHaveLength(1);
    expect(speaker?.unmodelled).toBeUndefined();
  });

  test("a prefix list's eq is that length alone", () => {
    const list = "ip prefix-list LOOPS\n   seq 10 permit 10.255.0.0/24 eq 32\n";
    const map = "route-map CONN permit 10\n   match ip address prefix-list LOOPS\n";
    const name = file("eq.cfg", `${head}${list}${map}${bgp}   redistribute connected route-map CONN\n`);
    const { out, code } = run("network", "--eos", `sw1=${name}`);
    expect(code).toBe(0);
    expect(out).toMatch(/"prefix": "10\.255\.0\.0\/24",\s+"ge": 32,\s+"le": 32/);
  });

  test("given as FRR, or FRR as EOS: one fault, and the flag that is right", () => {
    const eos = run("forecast", "--frr", `sw1=${file("sw1.cfg", head + bgp)}`);
    expect(eos.err).toMatch(/^bgpfabric: sw1\.cfg:1: .*EOS's.*; say --eos sw1=FILE, or .*\n$/);
    const frr = run("forecast", "--eos", `a=${file("a.conf", FRR)}`);
    expect(frr.err).toMatch(/^bgpfabric: a\.conf:1: .*FRR's.*; say --frr a=FILE, or .*\n$/);
    expect([eos.code, frr.code]).toEqual([2, 2]);
  });
});

describe("a file given as something else says in one line what it is", () => {
  const cases: [string, string, string | Buffer, RegExp][] = [
    ["a router's configuration", "a.conf", FRR, /found "a configuration of FRR".*--frr a=a\.conf/],
    [
      "a links file",
      "links.yaml",
      "links:\n  - { ends: [a:eth1, b:eth1] }\n",
      /links between routers.*--links links\.yaml/,
    ],
    ["a binary file", "blob.yaml", Buffer.from([1, 2, 0, 255, 27, 155]), /found "a binary file"/],
    ["an empty file", "empty.yaml", "\n", /nothing here speaks BGP/],
    [
      "a template of Helm",
      "tpl.yaml",
      "apiVersion: v1\nkind: Node\nmetadata:\n  name: {{ .Values.name }}\n  {{- with .Values.x }}\n  labels: {{ . }}\n  {{- end }}\n",
      /^bgpfabric: tpl\.yaml:4: found "name: \{\{ \.Values\.name \}\}".*`helm template`$/m,
    ],
  ];
  for (const [what, name, content, message] of cases) {
    test(what, () => {
      const ran = run("forecast", "--cni", "calico", file(name, content));
      expect(ran.err).toMatch(message);
      expect(ran).toMatchObject({ code: 2, out: "" });
      expect(ran.err.trimEnd().split("\n")).toHaveLength(1);
    });
  }

  test("nothing but a router's lack of BGP is said of a file without it", () => {
    const ran = run("forecast", "--frr", `v=${file("vtysh.conf", "service integrated-vtysh-config\n")}`);
    expect(ran.err).toBe("bgpfabric: vtysh.conf: v: found nothing, expected a line `router bgp ASN`\n");
  });

  test("a folder of configurations that is no snapshot", () => {
    const folder = mkdtempSync(join(cwd, "folder-"));
    writeFileSync(join(folder, "a.conf"), FRR);
    const ran = run("forecast", folder);
    expect(ran.err).toMatch(/nothing here speaks BGP; .*a\.conf: not read; `bgpfabric init .*` makes the folder/);
    expect(ran.code).toBe(2);
  });

  test("objects of another CNI", () => {
    const ran = bgpfabric(["forecast", "--cni", "cilium", "selective"]);
    expect(ran.err).toMatch(/5 Nodes.*these are objects of calico: say --cni calico/);
    expect(ran.code).toBe(2);
  });
});

describe("names", () => {
  test("a folder that is not there is the one fault: what its nodes would be called is not asked for", () => {
    const ran = bgpfabric([
      "forecast",
      "--cni",
      "calico",
      "--frr",
      "tor1=tor1.conf",
      "--links",
      "links.yaml",
      "nowhere",
    ]);
    expect(ran.err.trimEnd().split("\n")).toHaveLength(1);
    expect(ran.err).toContain('nowhere: found "no such file"');
  });

  test("explain's speaker and destination", () => {
    const ran = bgpfabric(["explain", "ci/main", "--from", "tor9", "--to", "1.2.3"]);
    expect(ran.err).toMatch(/^bgpfabric: --from: found "tor9".*did you mean tor1\?\nbgpfabric: --to: found "1\.2\.3"/);
  });

  test("every fault of a links file has its line", () => {
    const links = file(
      "wrong.yaml",
      "links:\n  - { name: r, ends: [a:eth1, b:eth1] }\n  - { name: r, ends: [a:eth2, b:eth2] }\n  - { ends: [a] }\n  - { endz: [a:eth3] }\nadresses:\n  a:eth1: [10.0.0.1/30]\n",
    );
    const ran = run("forecast", "--frr", `a=${file("a.conf", FRR)}`, "--links", links);
    const places = ran.err
      .trimEnd()
      .split("\n")
      .map((line) => /wrong\.yaml:(\d+): (\S+):/.exec(line)?.slice(1).join(" "));
    expect(places).toEqual(["6 adresses", "4 links[2].ends", "5 links[3].ends", "3 links[1].name"]);
    expect(ran.err).toContain("did you mean addresses?");
    const tabs = run("forecast", "--frr", "a=a.conf", "--links", file("tabs.yaml", "links:\n\t- ends: [a:b]\n"));
    expect(tabs.err).toMatch(/^bgpfabric: tabs\.yaml:2: found "- ends: \[a:b\]", expected YAML \(Tabs are not allowed/);
  });

  test("a CNI's version: v3.32.3 is 3.32, an unknown one is noted, a word is a fault", () => {
    const asked = (version: string) =>
      bgpfabric(["speakers", "--cni", "calico", "--cni-version", version, "selective"]);
    expect(asked("v3.32.3").out).toBe(asked("3.32").out);
    expect(asked("v3.32.3").err).toBe("");
    expect(asked("9.9").err).toMatch(
      /note: Calico 9\.9 is not among the versions whose rules are known \(3\.31, 3\.32/,
    );
    expect(asked("latest")).toMatchObject({ code: 2, err: expect.stringContaining('found "latest"') as string });
  });
});

describe("files of our own", () => {
  const rules = (text: string) =>
    run("rules", "--frr", `a=${file("a.conf", FRR)}`, "--settings", file("rules.yaml", text));

  test("settings of the rules: a rule that does not exist, a severity that is none, a list that is none", () => {
    const wrong =
      "severity:\n  ecmp/unusedd: warn\nsilence:\n  - { rule: sesion/down, reason: x }\nthresholds:\n  meshNods: 3\n  peers: many\n";
    expect(rules(wrong).err.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/^bgpfabric: rules\.yaml:2: severity\.ecmp\/unusedd: .*did you mean ecmp\/unused\?$/),
      expect.stringMatching(/^bgpfabric: rules\.yaml:4: silence\[0\]\.rule: .*did you mean session\/down\?$/),
      expect.stringMatching(/^bgpfabric: rules\.yaml:6: thresholds\.meshNods: .*did you mean meshNodes\?$/),
      expect.stringMatching(/^bgpfabric: rules\.yaml:7: thresholds\.peers: found "\\"many\\"", expected a number/),
    ]);
    expect(rules("severity: { session/down: loud }\n").err).toMatch(
      /rules\.yaml:1: severity\.session\/down: found "loud", .*"loud" is not one of block, warn, info/,
    );
    for (const text of ["silence: 3\n", "severity: x\n", "intent: 5\n"]) {
      expect(rules(text)).toMatchObject({ code: 2, err: expect.stringContaining("rules.yaml:1: ") as string });
    }
  });

  test("a silence without a reason does not count", () => {
    const ran = rules("silence: [{ rule: session/down }]\n");
    expect(ran.out).toContain("gives no reason and does not count");
    expect(ran.code).toBe(1);
  });

  test("bgpfabric.yaml: a CNI that is none has its line, the name that was meant, and what is there", () => {
    const folder = mkdtempSync(join(cwd, "own-"));
    writeFileSync(join(folder, "bgpfabric.yaml"), "clusters:\n  - cni: calicoo\n    manifests: [a.yaml]\n");
    expect(run("forecast", folder).err).toMatch(
      /bgpfabric\.yaml:2: clusters\[0\]\.cni: found "calicoo", expected another value: .*; use calico\n$/,
    );
  });
});

describe("YAML", () => {
  test("a merge key is what kubectl takes it for", () => {
    const peers =
      "apiVersion: projectcalico.org/v3\nkind: BGPPeerList\nitems:\n- metadata: { name: a }\n  spec: &s { peerIP: 10.0.0.1, asNumber: 65001 }\n- metadata: { name: b }\n  spec:\n    <<: *s\n    peerIP: 10.0.0.3\n";
    const node =
      "---\napiVersion: v1\nkind: Node\nmetadata: { name: n, annotations: { projectcalico.org/IPv4Address: 10.0.0.2/29 } }\n";
    const ran = run("speakers", "--cni", "calico", file("merge.yaml", peers + node));
    expect(ran.out).toMatch(/^10\.0\.0\.1 +65001/m);
    expect(ran.out).toMatch(/^10\.0\.0\.3 +65001/m);
    expect(ran.code).toBe(0);
  });

  test("what the parser says has its place once", () => {
    const ran = run("speakers", "--cni", "calico", file("tab.yaml", "kind: Node\nmetadata:\n\tname: n\n"));
    expect(ran.err).toBe(
      'bgpfabric: tab.yaml:3:1: found "name: n", expected YAML (Tabs are not allowed as indentation)\n',
    );
  });

  test("a Network's faults are sentences", () => {
    const ran = run(
      "forecast",
      file("net.yaml", "version: 1\nkind: x\nspeakers: [{ name: a, asn: x }]\nsegments: []\n"),
    );
    expect(ran.err).toContain('kind: found "kind", expected a field of a Network: none here has that name');
    expect(ran.err).toContain('speakers[0].asn: found "x", expected an integer');
  });
});

describe("init", () => {
  test("follows a link to a file, passes over templates, and names the file that has a router's name already", () => {
    const folder = mkdtempSync(join(cwd, "snapshot-"));
    writeFileSync(join(folder, "a.conf"), FRR);
    symlinkSync(join(examples, "selective/cluster.yaml"), join(folder, "cluster.yaml"));
    symlinkSync("nowhere", join(folder, "dangling.yaml"));
    writeFileSync(
      join(folder, "tpl.yaml"),
      "apiVersion: v1\nkind: Service\nmetadata:\n  {{- if .Values.x }}\n  name: x\n  {{- end }}\n",
    );
    const ran = run("init", folder);
    expect(ran.out).toMatch(/1 router, 5 nodes, 0 links files\nnot used: dangling\.yaml\nnot used: tpl\.yaml\n/);
    writeFileSync(join(folder, "b.conf"), FRR);
    const again = run("init", "--force", folder);
    expect(again.err).toMatch(/b\.conf: found "router a", expected .*: a\.conf is a already/);
    expect(again.code).toBe(2);
  });

  test("an export as one line of JSON is read as well", () => {
    const folder = mkdtempSync(join(cwd, "json-"));
    const annotations = { "projectcalico.org/IPv4Address": "10.0.0.2/30" };
    const items = [
      { apiVersion: "v1", kind: "Node", metadata: { name: "n1", annotations } },
      { apiVersion: "projectcalico.org/v3", kind: "BGPConfiguration", metadata: { name: "default" }, spec: {} },
    ];
    writeFileSync(join(folder, "all.json"), JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    expect(run("init", folder).out).toContain("0 routers, 1 node, 0 links files");
    expect(run("speakers", folder).out).toContain("n1  AS 64512");
  });
});

describe("what is shown is about what was asked", () => {
  test("a VRF's forecast explains no doubt of other tables, and a prefix's lists no session that is up", () => {
    const router = `${FRR} address-family ipv4 unicast\n  import vrf X\n exit-address-family\nrouter bgp 65001 vrf RED\n bgp router-id 10.0.0.9\n`;
    const name = file("vrf.conf", router);
    expect(run("forecast", "--frr", `a=${name}`).out).toContain("~ not modelled: import vrf X");
    expect(run("forecast", "--frr", `a=${name}`, "--vrf", "RED").out).not.toContain("not modelled");
    const asked = bgpfabric(["forecast", "ci/main", "--prefix", "10.9.9.0/24"]);
    expect(asked.out).toBe("2 sessions, 2 up\n\n0 routes\n");
  });

  test("a Network against the snapshot it was made from: no object is new", () => {
    const network = file("network.json", bgpfabric(["network", "ci/main"]).out);
    const ran = bgpfabric(["diff", join(cwd, network), "ci/main"]);
    expect(ran.out).toBe("no session and no route changes\nfindings: none new\n");
    expect(ran.code).toBe(0);
  });

  test("a password has the name that speakers prints, whatever value is given for it", () => {
    const conf = file("p.conf", `${FRR} neighbor 10.0.0.2 password s3cret\n`);
    file("s.yaml", 'password-1: "another"\n');
    const ran = run("render", "--frr", `a=${conf}`, "--secrets", "s.yaml");
    expect(ran.out).toContain(" neighbor 10.0.0.2 password another\n");
    expect(ran.code).toBe(0);
  });
});
