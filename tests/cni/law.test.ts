/**
 * What makes parts independent of each other: what a part may register by itself is the same whatever others want, and
 * what is written is read back as the sessions that were meant. For every CNI, over drawn intents.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CNIS, type CniName } from "../../components/cni";
import type { Cni, Written } from "../../components/cni/cni";
import type { ClusterIntent, NodeSet, Peering, Pool } from "../../components/cni/intent";
import { markNodes } from "../../components/cni/marks";
import { mergeIntents } from "../../components/cni/merge";
import { holdsNode } from "../../components/cni/nodeSets";
import { orThrow } from "../../components/model/errors";
import { node, speaker } from "./cluster";

const NAMES = ["n0", "n1", "n2", "n3"];
const RACKS = ["r0", "r1"];
const NODES = NAMES.map((name, i) =>
  node(name, `10.0.0.${11 + i}/24`, {
    labels: { "kubernetes.io/hostname": name, rack: RACKS[i % 2] ?? "" },
    podCIDR: `10.1.${i}.0/24`,
  }),
);
const ASN = 64512;

/** One of Cilium's sets excludes every other, so that all parts of a draw use one. */
const nodeSet: fc.Arbitrary<NodeSet | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom(...RACKS).map((value): NodeSet => ({ label: "rack", value })),
  fc.subarray(NAMES, { minLength: 1 }).map((names): NodeSet => ({ names })),
);

const seconds = fc.constantFrom(30, 60, 90);
/** What each CNI can do on a session; `all` are fields of one flag where there is one. */
const extras: Record<CniName, fc.Arbitrary<Partial<Peering>>> = {
  calico: fc.record(
    {
      password: fc.constant({ secret: "tor" }),
      timers: seconds.map((keepalive) => ({ keepalive })),
      gracefulRestart: seconds.map((restartTime) => ({ restartTime })),
      nextHop: fc.constantFrom("self" as const, "keep" as const),
      accept: fc.subarray(["0.0.0.0/0", "10.9.0.0/16"]),
      ownRoutesOnly: fc.constant(true),
      allowAsIn: fc.constantFrom(1, 2),
      localAsn: fc.constantFrom(64700, 64701),
    },
    { requiredKeys: [] },
  ),
  cilium: fc.record(
    {
      password: fc.constant({ secret: "tor" }),
      timers: seconds.map((hold) => ({ hold, keepalive: hold / 3 })),
      gracefulRestart: seconds.map((restartTime) => ({ restartTime })),
      multihop: fc.constantFrom(2, 5),
      families: fc.constantFrom(["ipv4" as const], ["ipv4" as const, "ipv6" as const]),
    },
    { requiredKeys: [] },
  ),
  metallb: fc.record(
    {
      password: fc.constant({ secret: "tor" }),
      timers: seconds.map((hold) => ({ hold, keepalive: hold / 3 })),
      gracefulRestart: fc.constant({}),
      bfd: fc.constantFrom({}, { receive: 300, multiplier: 3 }),
    },
    { requiredKeys: [] },
  ),
  "kube-router": fc.record({ bfd: fc.constantFrom({ receive: 300, multiplier: 3 }) }, { requiredKeys: [] }),
};

const announcing: Record<CniName, fc.Arbitrary<Pool["advertise"]>> = {
  calico: fc.constantFrom({}, { communities: ["64512:1", "64512:2:3"] }),
  cilium: fc.constantFrom({}, { communities: ["64512:1", "64512:2:3"] }, { peers: ["p0"] }, { lengths: { ipv4: 24 } }),
  metallb: fc.constantFrom({}, { localPreference: 200 }, { peers: ["p0"] }, { lengths: { ipv4: 24 } }),
  "kube-router": fc.constant({}),
};

/** Parts of one program: no two use a name or a range twice. */
function parts(cni: CniName): fc.Arbitrary<ClusterIntent[]> {
  return nodeSet.chain((nodes) =>
    fc
      .tuple(
        fc.array(extras[cni], { maxLength: 4 }),
        fc.array(announcing[cni], { maxLength: 3 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 3 }),
      )
      .map(([sessions, pools, mesh, count]) => {
        const peerings = sessions.map((extra, i): Peering => ({
          name: `p${i}`,
          ...(nodes === undefined ? {} : { nodes }),
          to: { address: `10.0.0.${i + 1}` },
          asn: 64600 + i,
          ...extra,
        }));
        const made = pools.map((advertise, i): Pool => ({
          name: `pool${i}`,
          for: "services",
          ranges: [`172.16.${i}.0/24`],
          ...(advertise === undefined ? {} : { advertise }),
        }));
        const shares: ClusterIntent[] = Array.from({ length: count }, (_, part) => ({
          peerings: peerings.filter((_one, i) => i % count === part),
          pools: made.filter((_one, i) => i % count === part),
        }));
        return [{ asn: ASN, ...(mesh ? {} : { mesh: false }) }, ...shares];
      }),
  );
}

const options = { asn: ASN, nodes: NODES, part: true };
const texts = (objects: readonly object[]) => objects.map((one) => JSON.stringify(one)).sort();

describe.each(Object.entries(CNIS) as [CniName, Cni][])("%s", (name, cni) => {
  test("own of several parts together is what each has by itself", () => {
    fc.assert(
      fc.property(parts(name), (shares) => {
        const whole = orThrow(cni.write(orThrow(mergeIntents(...shares)), options));
        const each = shares.map((share) => orThrow(cni.write(share, options)));
        expect(texts(whole.own)).toEqual(texts(each.flatMap(({ own }) => own)));
        expect(texts(whole.nodes)).toEqual([...new Set(texts(each.flatMap(({ nodes }) => nodes)))]);
      }),
    );
  });

  test("nodes have the sessions that were meant, and no other", () => {
    fc.assert(
      fc.property(parts(name), (shares) => {
        const intent = orThrow(mergeIntents(...shares));
        const made = cni.write(intent, { nodes: NODES });
        // A reference of a draw may lead nowhere; that it is a fault, other tests say.
        fc.pre(made.ok);
        const reading = cni.read(
          { nodes: markNodes(NODES, marksOf(made.value)), resources: [...made.value.own, ...made.value.shared] },
          made.value.settings,
        );
        for (const own of NODES) {
          const wanted = (intent.peerings ?? []).filter((peering) => holdsNode(peering.nodes, own));
          const found = reading.speakers.find((one) => one.name === own.metadata.name)?.neighbors ?? [];
          const outer = found.filter(({ address }) => !NODES.some((one) => address === addressOf(one)));
          expect(outer.map(({ address }) => address).sort()).toEqual(wanted.map(toAddress).sort());
          for (const peering of wanted) {
            const session = outer.find(({ address }) => address === toAddress(peering));
            expect(session?.remoteAs).toBe(peering.asn);
            if (peering.password !== undefined) expect(session?.password).toBe(peering.password.secret);
            for (const timer of ["hold", "keepalive"] as const) {
              if (peering.timers?.[timer] !== undefined) expect(session?.timers?.[timer]).toBe(peering.timers[timer]);
            }
            if (peering.localAsn !== undefined) {
              expect(session?.localAs?.asn ?? speaker(reading, own.metadata.name).asn).toBe(peering.localAsn);
            }
            if (peering.bfd !== undefined) expect(session?.bfd).toBeDefined();
            if (peering.gracefulRestart?.restartTime !== undefined) {
              expect(session?.gracefulRestart?.restartTime).toBe(peering.gracefulRestart.restartTime);
            }
          }
        }
      }),
    );
  });

  test("the first of its versions is the one that holds where none is named", () => {
    const kinds = (version?: string) => JSON.stringify(cni.kinds(version));
    expect(kinds()).toBe(kinds(cni.versions[0]));
  });
});

const marksOf = ({ nodes, sharedNodes }: Written) => [...nodes, ...sharedNodes];
const addressOf = (one: (typeof NODES)[number]) => one.status?.addresses?.[0]?.address;
const toAddress = ({ to }: Peering) => ("address" in to ? to.address : "");

describe("parts of one cluster", () => {
  test("join their lists, and what two say alike stands once", () => {
    const tor = { name: "tor", to: { address: "10.0.0.1" }, asn: 65001 };
    const merged = orThrow(
      mergeIntents(
        { asn: 65010, peerings: [tor], nodes: { n0: { labels: { a: "1" } } } },
        { asn: 65010, mesh: false, peerings: [tor], nodes: { n0: { labels: { b: "2" }, asn: 65011 } } },
      ),
    );
    expect(merged).toEqual({
      asn: 65010,
      mesh: false,
      peerings: [tor],
      nodes: { n0: { labels: { a: "1", b: "2" }, asn: 65011 } },
    });
  });

  test("may not want one value differently", () => {
    const merged = mergeIntents(
      { mesh: true, nodes: { n0: { asn: 1, labels: { a: "1" } } } },
      { mesh: false, nodes: { n0: { asn: 2, labels: { a: "2" } } } },
    );
    expect(merged.ok ? [] : merged.faults.map(({ path }) => path)).toEqual([
      "mesh",
      "nodes.n0.asn",
      "nodes.n0.labels.a",
    ]);
  });
});
