/** `bgpfabric/forecast`: a Network, what will come of it, and everything that is said about that. Pure; without Pulumi. */
export type * from "../bgp/network";
export { NETWORK_VERSION } from "../bgp/network";
export { validateNetwork } from "../bgp/validate";
export { combine, combineParts, type NetworkPiece, type SpeakerPart } from "../bgp/combine";
export type * from "../bgp/solution";
export { forecast, forecastOf, reforecast, type Forecast } from "../forecast/forecast";
export type { Route } from "../forecast/route";
export { printDoubt, type Doubt, type Doubts } from "../forecast/doubts";
export { routeLine, routeLines, sessionLine, sessionLines, type LineOptions } from "../forecast/lines";
export {
  difference,
  type Difference,
  type DifferenceOptions,
  type RouteChange,
  type SessionChange,
} from "../forecast/difference";
export { printDifference } from "../forecast/printDifference";
export { printChange, type Change, type Part } from "../forecast/changes";
export { printChain } from "../forecast/causes";
export type { Link } from "../forecast/effects";
export {
  failures,
  harmful,
  printFailures,
  type Failed,
  type FailureEffect,
  type FailureOptions,
  type FailureReport,
  type LostPrefix,
  type NarrowedPrefix,
} from "../forecast/failures";
export {
  explain,
  printExplanation,
  stepNames,
  type Choice,
  type Explanation,
  type Hop,
  type Outcome,
} from "../forecast/explain";
export { blocking, printFinding, RULES, rules, THRESHOLDS, type RuleOptions, type Silence } from "../forecast/rules";
export type {
  ClusterIntent,
  Finding,
  Intent,
  Observation,
  Rule,
  Scene,
  Severity,
  Side,
  Thresholds,
} from "../forecast/rules";
export type { Address, AddressFamily } from "../model/address";
export { orThrow, printFault, UserError, type Fault, type Result } from "../model/errors";
