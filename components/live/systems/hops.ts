/** Next hops in the order that the forecast lists them in: addresses by number, then interfaces by name. */
import { compareAddresses, isAddress } from "../../model/address";

export function byHop(a: string, b: string): number {
  if (isAddress(a) && isAddress(b)) return compareAddresses(a, b);
  if (isAddress(a) !== isAddress(b)) return isAddress(a) ? -1 : 1;
  return a < b ? -1 : 1;
}
