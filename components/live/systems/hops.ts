/** Next hops in the order that the forecast lists them in: addresses by number. */
export function byHop(a: string, b: string): number {
  const key = (text: string) =>
    text
      .split(".")
      .map((part) => part.padStart(3, "0"))
      .join(".");
  return key(a) < key(b) ? -1 : 1;
}
