/** Rules about the forecast itself: nothing looks exact that is not. */
import { dialectOf } from "../../bgp/dialects";
import { compareVersions } from "../../model/version";
import { isHarmless } from "../doubts";
import { number, some, type Rule } from "./rule";

const ambiguous: Rule = {
  id: "forecast/ambiguous",
  severity: "warn",
  holds: "No forwarding, and nothing that is announced, is decided by which path is older or came first.",
  *check({ forecast }) {
    const byRivals = new Map<
      string,
      { speaker: string; prefixes: string[]; what: string; rivals: string[]; arrival: boolean }
    >();
    for (const each of forecast.solution.ambiguities) {
      if (isHarmless(each)) continue;
      const { speaker, prefix, what, candidates, arrival = false } = each;
      const rivals = candidates.map(({ nextHop, from }) => `${nextHop} from ${from}`);
      const key = `${speaker} ${what} ${arrival} ${rivals.join()}`;
      const one = byRivals.get(key) ?? { speaker, prefixes: [], what, rivals, arrival };
      one.prefixes.push(prefix);
      byRivals.set(key, one);
    }
    for (const { speaker, prefixes, what, rivals, arrival } of byRivals.values()) {
      yield {
        place: `${speaker} ${prefixes[0] ?? ""}`,
        sentence: `At ${speaker} only ${arrival ? "the order of arrival" : "age"} decides ${what === "best" ? "the best path" : "which paths share the traffic"} for ${some(prefixes)}: ${rivals.join(" or ")}.`,
        fix: arrival
          ? "let preferences agree: no circle of speakers that each prefer the way over the next"
          : "let the router id decide: bgp bestpath compare-routerid (FRR), bgp bestpath tie-break router-id (EOS)",
      };
    }
  },
};

const notModelled: Rule = {
  id: "forecast/not-modelled",
  severity: "info",
  holds: "Every line of configuration and every feature is covered by the forecast.",
  *check({ forecast }) {
    const seen = new Map<string, { speakers: string[]; source?: { file?: string; line?: number; field?: string } }>();
    for (const { what, speaker, source } of forecast.solution.notModelled) {
      const one = seen.get(what) ?? { speakers: [], ...(source === undefined ? {} : { source }) };
      if (!one.speakers.includes(speaker)) one.speakers.push(speaker);
      seen.set(what, one);
    }
    for (const [what, { speakers, source }] of seen) {
      yield {
        place: speakers[0] ?? "",
        sentence: `Not modelled: ${what}; the answers of ${some(speakers)} and of whoever learns from ${speakers.length === 1 ? "it" : "them"} are not certain.`,
        fix: "compare those answers with the running routers, or leave the feature out",
        ...(source === undefined ? {} : { source }),
      };
    }
  },
};

const oscillates: Rule = {
  id: "forecast/oscillates",
  severity: "block",
  holds: "Every prefix comes to rest.",
  *check({ forecast }) {
    for (const { prefix, speakers, cycle } of forecast.solution.oscillations) {
      yield {
        place: `${speakers[0] ?? ""} ${prefix}`,
        sentence: `${prefix} never comes to rest among ${some(speakers)}: ${number(cycle.length, "state")} repeat.`,
        fix: "compare MED always or not at all, and let preferences agree along the circle of speakers",
      };
    }
  },
};

const version: Rule = {
  id: "forecast/version",
  severity: "info",
  holds: "Every router runs a version whose rules were checked.",
  *check({ network }) {
    const seen = new Map<string, { speakers: string[]; said: string }>();
    for (const { name, dialect: ref } of network.speakers) {
      const dialect = dialectOf(ref);
      const [oldest, newest] = dialect.checked;
      // A release within a checked minor version has its rules.
      const minor = ref.version.split(".").slice(0, 2).join(".");
      const bound =
        compareVersions(minor, newest) > 0
          ? `the newest checked is ${newest}`
          : compareVersions(minor, oldest) < 0
            ? `the oldest checked is ${oldest}`
            : undefined;
      if (bound === undefined) continue;
      const one = seen.get(dialect.name) ?? { speakers: [], said: `No rule was checked for ${dialect.name}: ${bound}` };
      one.speakers.push(name);
      seen.set(dialect.name, one);
    }
    for (const { speakers, said } of seen.values()) {
      yield {
        place: speakers[0] ?? "",
        sentence: `${said}, and ${some(speakers)} ${speakers.length === 1 ? "is" : "are"} forecast by its rules.`,
        fix: "look in the release notes for changed defaults, and compare the answers with the running router",
      };
    }
  },
};

export const CONFIDENCE_RULES: readonly Rule[] = [ambiguous, notModelled, oscillates, version];
