/** What a verb gives back: text for people, a value for programs, and whether there is something to look at. */
export interface Said {
  /** Large answers come as functions: only the one that is asked for is made. */
  text: string | (() => string);
  json: unknown;
  /** True ends with exit code 1: findings, differences that break something, a destination nobody reaches. */
  findings: boolean;
  /** What was passed over: printed beside the answer, on the stream for errors. */
  notes?: readonly string[];
}

/** Exit codes are a contract: scripts and CI jobs depend on them. */
export const EXIT = { fine: 0, findings: 1, badInput: 2 } as const;
