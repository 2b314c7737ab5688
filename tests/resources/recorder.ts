/** The package's own recorder (components/testing), under the project and stack of the selective lab. */
import { mockProviders, record as recordWith, settled, type Registered } from "../../components/public/testing";

export { settled, type Registered };

export const PROJECT = "bgpfabric";
export const STACK = "selective";
const names = { project: PROJECT, stack: STACK, image: "bgpfabric/lab:graph" };

export function record(program: () => unknown, options: { preview?: boolean } = {}): Promise<Registered[]> {
  return recordWith(program, { ...names, ...options });
}

export function mock(preview = false): Promise<void> {
  return mockProviders({ ...names, preview });
}
