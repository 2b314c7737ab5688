/**
 * Policies that call others, as policies without calls. A term that matches applies what it sets, then asks the policy it
 * calls: a refusal there is one of the whole, anything else goes on as the term says (route_map_apply_ext, FRR 10.3).
 */
import type { Policy, Speaker, Term } from "./network";
import { inOrder } from "./terms";

type Policies = Readonly<Record<string, Policy>>;

/** What a policy calls, what that calls, and so on; itself among them where it calls itself. */
export function calledBy(policies: Policies, name: string): Set<string> {
  const found = new Set<string>();
  const ask = (one: string): void => {
    for (const { call } of policies[one]?.terms ?? []) {
      if (call === undefined || found.has(call)) continue;
      found.add(call);
      ask(call);
    }
  };
  ask(name);
  return found;
}

/** What each policy that calls any leads to: few do, and a file's policies are asked for one by one. */
const calling = new WeakMap<Policies, [name: string, called: Set<string>][]>();

/** The policies that end up in this one, itself among them. */
export function callersOf(policies: Policies, name: string): Set<string> {
  let known = calling.get(policies);
  if (known === undefined) {
    const callers = Object.keys(policies).filter((each) =>
      policies[each]?.terms.some(({ call }) => call !== undefined),
    );
    calling.set(policies, (known = callers.map((each) => [each, calledBy(policies, each)])));
  }
  return new Set([name, ...known.flatMap(([each, called]) => (called.has(name) ? [each] : []))]);
}

const known = new WeakMap<object, Record<string, Policy>>();

/** The same speaker where none of its policies calls another. */
export function withoutCalls(speaker: Speaker): Speaker {
  const { policies } = speaker;
  if (policies === undefined) return speaker;
  let flat = known.get(policies);
  if (flat === undefined) {
    flat = {};
    for (const [name, policy] of Object.entries(policies)) flat[name] = flattened(policies, policy);
    known.set(policies, flat);
  }
  return Object.entries(policies).every(([name, policy]) => flat[name] === policy)
    ? speaker
    : { ...speaker, policies: flat };
}

function flattened(policies: Policies, policy: Policy): Policy {
  if (policy.terms.every(({ call }) => call === undefined || policies[call] === undefined)) return policy;
  const { source } = policy;
  return { terms: new Flat(policies).of(policy), otherwise: "reject", ...(source === undefined ? {} : { source }) };
}

/** Where a policy goes once a term has matched and refused nothing: to its end, or on with these terms. */
type Next = "accept" | Part;

interface Part {
  terms: readonly Term[];
  /** The first of them. */
  from: number;
  /** Whether a policy that falls off its end has refused the route. */
  ends: "accept" | "reject";
  /** Where the caller goes on. */
  next: Next;
}

/** Terms follow each other, and those that are called stand behind them all: a term only ever goes forward. */
class Flat {
  private readonly terms: Term[] = [];
  private readonly waiting: { from: Term; part: Part }[] = [];

  constructor(private readonly policies: Policies) {}

  of(policy: Policy): Term[] {
    this.add(this.part(policy, "accept"));
    for (let one = this.waiting.shift(); one !== undefined; one = this.waiting.shift()) {
      one.from.goto = this.terms.length + 1;
      this.add(one.part);
    }
    return this.terms;
  }

  private part({ terms, otherwise = "reject" }: Policy, next: Next): Part {
    return { terms: inOrder(terms), from: 0, ends: otherwise, next };
  }

  private add(part: Part): void {
    const { terms, from, ends, next } = part;
    const first = this.terms.length;
    for (const { call, goto, ...term } of terms.slice(from)) {
      const own: Term = { ...term, seq: this.terms.length + 1 };
      this.terms.push(own);
      if (term.action === "reject") continue;
      const called = call === undefined ? undefined : this.policies[call];
      if (called !== undefined) this.go(own, this.part(called, this.after(part, term, goto)));
      else if (term.action === "accept") this.go(own, next);
      else {
        const to = this.after(part, term, goto);
        if (to === "accept" || to.terms !== terms) this.go(own, to);
        else own.goto = first + to.from - from + 1;
      }
    }
    const last: Term = { seq: this.terms.length + 1, action: ends === "accept" ? "accept" : "reject" };
    this.terms.push(last);
    if (ends === "accept") this.go(last, next);
  }

  /** Where a term leads that matched. */
  private after(part: Part, { seq = 0, action }: Term, goto: number | undefined): Next {
    if (action === "accept") return part.next;
    const at = part.terms.findIndex((each) => (each.seq ?? 0) > seq && (goto === undefined || (each.seq ?? 0) >= goto));
    // Past the last clause what was matched is accepted.
    return at < 0 ? part.next : { ...part, from: at };
  }

  private go(term: Term, next: Next): void {
    if (next === "accept") {
      term.action = "accept";
      return;
    }
    term.action = "continue";
    this.waiting.push({ from: term, part: next });
  }
}
