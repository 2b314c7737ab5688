/** Rules about sessions: that they come up, carry routes, and survive a restart. */
import { dialectOf } from "../../bgp/dialects";
import type { DownReason } from "../../bgp/solution";
import { configuredBy, settingsOf } from "../sessionChanges";
import { isNode, number, some, type Violation, type Rule, type Scene, type Side } from "./rule";

const FIXES: Readonly<Record<DownReason, string>> = {
  "wrong-asn": "give each end the ASN that the other one has",
  "no-listener": "list the neighbor on the side that does not know it, or let its listen range hold the address",
  "hold-time": "offer a longer hold time, or lower the minimum-holdtime of the other end",
  password: "give both ends the same secret",
  family: "activate the same address family on both ends",
  ttl: "set multihop, or TTL security with enough hops, on both ends",
  "not-reachable": "give each end a route to the other's address, on a shared segment or with multihop",
  duplicate: "leave one of the two sessions out",
  "limit-reached": "raise the listen limit, or let fewer neighbors dial",
  "both-passive": "let one end dial",
  "admin-down": "remove the shutdown when the session is wanted",
  "maximum-prefix": "raise the limit, or filter what the neighbor sends",
  "speaker-down": "bring the speaker back",
  "no-neighbor": "check the address, add the speaker that has it, or say which link leads there",
};

const down: Rule = {
  id: "session/down",
  severity: "block",
  holds: "Every configured session comes up.",
  *check({ forecast, speakers }) {
    for (const session of forecast.solution.sessions) {
      if (session.up || session.down === undefined) continue;
      const { reason, sentence, source, at } = session.down;
      const configured = session.ends.find((end) => end.speaker === at) ?? session.ends[0];
      const place = source ?? configuredBy(speakers, configured).source;
      yield {
        place: session.key,
        sentence: `The session stays down (${reason}): ${sentence}.`,
        fix: FIXES[reason],
        ...(place === undefined ? {} : { source: place }),
        severity:
          reason === "admin-down" || reason === "speaker-down" ? "info" : reason === "no-neighbor" ? "warn" : "block",
      };
    }
  },
};

const policyMissing: Rule = {
  id: "session/policy-missing",
  severity: "block",
  holds: "No eBGP session is kept empty for want of a policy (RFC 8212).",
  *check({ forecast, speakers }) {
    for (const session of forecast.solution.sessions) {
      for (const { at, direction } of session.policyMissing ?? []) {
        const end = session.ends.find(({ speaker }) => speaker === at);
        const source = end === undefined ? undefined : configuredBy(speakers, end).source;
        yield {
          place: `${at} ${session.key}`,
          sentence: `${at} has no ${direction} policy on this eBGP session, so it ${direction === "import" ? "accepts" : "sends"} nothing (RFC 8212).`,
          fix: `attach an ${direction} policy, or turn the requirement off on ${at} knowingly`,
          ...(source === undefined ? {} : { source }),
        };
      }
    }
  },
};

/** BIRD as Calico runs it always restarts gracefully; others when told to. */
function restartsGracefully(scene: Scene, side: Side): boolean {
  const speaker = scene.speakers.get(side.own.speaker);
  const mode = settingsOf(scene.speakers, side.own).gracefulRestart?.mode;
  if (mode !== undefined) return mode === "restarter";
  if (speaker?.bgp.gracefulRestart !== undefined) return speaker.bgp.gracefulRestart;
  return speaker?.dialect.system === "bird";
}

const gracefulRestart: Rule = {
  id: "session/no-graceful-restart",
  severity: "warn",
  holds: "Nodes restart gracefully towards their routers, so that maintenance withdraws no route.",
  *check(scene) {
    for (const speaker of scene.network.speakers) {
      if (!isNode(speaker)) continue;
      const bare = scene
        .sessions(speaker.name)
        .filter(({ session, far }) => session.up && far !== undefined && !isNode(scene.speakers.get(far.speaker)))
        .filter((side) => !restartsGracefully(scene, side));
      if (bare.length === 0) continue;
      yield {
        place: speaker.name,
        sentence: `${number(bare.length, "session")} of ${speaker.name} to ${some(bare.map(({ far }) => far?.speaker ?? ""))} ${bare.length === 1 ? "has" : "have"} no graceful restart: a restart of its agent withdraws its routes.`,
        fix: "turn graceful restart on for the peer on the node's side; the router's side helps by default",
      };
    }
  },
};

const gracefulRestartRefused: Rule = {
  id: "session/graceful-restart-refused",
  severity: "warn",
  holds: "Where one end restarts gracefully the other one helps.",
  *check(scene) {
    for (const session of scene.forecast.solution.sessions) {
      const [one, other] = session.ends;
      if (!session.up || other === undefined) continue;
      for (const [own, far] of [
        [one, other],
        [other, one],
      ] as const) {
        const off = settingsOf(scene.speakers, far).gracefulRestart?.mode === "off";
        if (!off || !restartsGracefully(scene, { session, own, far })) continue;
        yield {
          place: session.key,
          sentence: `${own.speaker} restarts gracefully and ${far.speaker} has it turned off, so a restart withdraws all routes of ${own.speaker} there.`,
          fix: `let ${far.speaker} help, or turn graceful restart off on both ends`,
        };
      }
    }
  },
};

const bfd: Rule = {
  id: "session/bfd-one-sided",
  severity: "warn",
  holds: "BFD runs on both ends of a session or on none.",
  *check({ forecast, speakers }) {
    for (const session of forecast.solution.sessions) {
      const [one, other] = session.ends;
      if (other === undefined) continue;
      const on = (end: typeof one) => {
        const value = settingsOf(speakers, end).bfd;
        return value !== undefined && value !== false;
      };
      if (on(one) === on(other)) continue;
      const [has, lacks] = on(one) ? [one, other] : [other, one];
      yield {
        place: session.key,
        sentence: `BFD is on at ${has.speaker} and off at ${lacks.speaker}: it never comes up.`,
        fix: `turn it on at ${lacks.speaker} or off at ${has.speaker}; the speakers of some CNIs have no BFD`,
      };
    }
  },
};

/** Whoever is asked for something that its daemon does not do. */
function* asksForMore(scene: Scene, what: "bfd" | "unnumbered"): Iterable<Violation> {
  for (const speaker of scene.network.speakers) {
    const lack = dialectOf(speaker.dialect).cannot[what];
    if (lack === undefined) continue;
    for (const neighbor of speaker.neighbors) {
      const value = what === "bfd" ? neighbor.bfd : neighbor.interface;
      if (value === undefined || value === false) continue;
      yield {
        place: `${speaker.name} neighbor ${neighbor.address ?? neighbor.interface ?? ""}`,
        sentence: `${lack.why}.`,
        fix: lack.instead,
        ...(neighbor.source === undefined ? {} : { source: neighbor.source }),
      };
    }
  }
}

const bothDial: Rule = {
  id: "session/both-dial",
  severity: "warn",
  holds:
    "A multihop eBGP session of FRR before 9.0 to a neighbor beyond its own networks is dialled from one end only.",
  *check({ forecast, speakers }) {
    for (const { key, ends, mayRefuse = [] } of forecast.solution.sessions) {
      for (const own of mayRefuse) {
        const far = ends.find(({ speaker }) => speaker !== own)?.speaker ?? "";
        const version = speakers.get(own)?.dialect.version ?? "";
        yield {
          place: `${own} ${key}`,
          sentence: `${own} and ${far} both dial: when they do so at the same moment, FRR ${version} may refuse the next hops of ${far} until the session is reset.`,
          fix: `make ${far} or ${own} passive towards the other, or turn the connected check off (neighbor ... disable-connected-check at ${own})`,
        };
      }
    }
  },
};

const noBfd: Rule = {
  id: "session/no-bfd",
  severity: "block",
  holds: "BFD is asked of daemons that have it.",
  check: (scene) => asksForMore(scene, "bfd"),
};

const noUnnumbered: Rule = {
  id: "session/no-unnumbered",
  severity: "block",
  holds: "Unnumbered sessions are asked of daemons that have them.",
  check: (scene) => asksForMore(scene, "unnumbered"),
};

export const SESSION_RULES: readonly Rule[] = [
  down,
  policyMissing,
  gracefulRestart,
  gracefulRestartRefused,
  bfd,
  bothDial,
  noBfd,
  noUnnumbered,
];
