/** The seed of a cluster's credentials: made once, kept as a secret of the state, and everything else comes from it. */
import { randomBytes } from "node:crypto";
import type { Seed } from "./certificate";
import type { Body } from "./body";

export interface AuthorityInputs {
  cluster: string;
}

export type AuthorityOutputs = AuthorityInputs & Seed;

/** A clock that runs a little behind must not refuse a certificate made this minute. */
const BACKDATE_MS = 3_600_000;

export const Authority: Body<AuthorityInputs, AuthorityOutputs> = {
  diff: (_id, olds, news) =>
    Promise.resolve({
      changes: olds.cluster !== news.cluster,
      replaces: olds.cluster === news.cluster ? [] : ["cluster"],
    }),
  create: ({ cluster }) => {
    const issued = `${new Date(Date.now() - BACKDATE_MS).toISOString().slice(0, 19)}Z`;
    return Promise.resolve({
      id: cluster,
      outs: { cluster, secret: randomBytes(32).toString("base64"), issued },
    });
  },
};
