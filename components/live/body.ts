/** What a body of a custom resource looks like to the engine's dynamic provider. */
export interface Body<Inputs, Outputs> {
  check?(olds: Partial<Inputs>, news: Inputs): Promise<{ inputs?: Inputs; failures?: Failure[] }>;
  diff(id: string, olds: Outputs, news: Inputs): Promise<BodyDiff>;
  create(inputs: Inputs): Promise<{ id: string; outs: Outputs }>;
  read?(id: string, props: Outputs): Promise<{ id: string; props: Outputs; inputs?: Inputs }>;
  update?(id: string, olds: Outputs, news: Inputs): Promise<{ outs: Outputs }>;
  delete?(id: string, props: Outputs): Promise<void>;
}

export interface Failure {
  property: string;
  reason: string;
}

export interface BodyDiff {
  changes: boolean;
  replaces?: string[];
  deleteBeforeReplace?: boolean;
}

/** Equal as values, whatever the order of keys. */
export function equal(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
