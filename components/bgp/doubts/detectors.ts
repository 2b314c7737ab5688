/** All detectors, in the order in which their answers are listed. */
import { addPathStalePaths } from "./addPathStalePaths";
import { birdStalePaths } from "./birdStalePaths";
import type { Detector } from "./detector";
import { duplicatePaths } from "./duplicatePaths";
import { echoes } from "./echoes";
import { gobgpStalePaths } from "./gobgpStalePaths";
import { linkLocalHops } from "./linkLocalHops";
import { maximumPrefixOut } from "./maximumPrefixOut";
import { nextHopTracking } from "./nextHopTracking";
import { recursiveNextHops } from "./recursiveNextHops";
import { uncertainAggregates } from "./uncertainAggregates";
import { zeroMed } from "./zeroMed";

export const DETECTORS: readonly Detector[] = [
  nextHopTracking,
  gobgpStalePaths,
  zeroMed,
  linkLocalHops,
  duplicatePaths,
  echoes,
  addPathStalePaths,
  birdStalePaths,
  maximumPrefixOut,
  recursiveNextHops,
  uncertainAggregates,
];
