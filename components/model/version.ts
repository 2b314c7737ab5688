/** Versions as dotted numbers. */

/** "1.19" is later than "1.9"; parts that are missing count as zero. */
export function compareVersions(a: string, b: string): number {
  const [as, bs] = [a, b].map((version) => version.split(".").map(Number)) as [number[], number[]];
  for (let i = 0; i < Math.max(as.length, bs.length); i++) {
    const difference = (as[i] ?? 0) - (bs[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
