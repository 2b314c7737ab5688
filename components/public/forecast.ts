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
export { printDifference, type PrintOptions } from "../forecast/printDifference";
export type { Edit } from "../forecast/edits";
export type { Change, Part } from "../forecast/changes";
export { printChange } from "../forecast/changeWords";
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
export { explain, stepNames, type Choice, type Explanation, type Hop, type Outcome } from "../forecast/explain";
export { printExplanation } from "../forecast/printExplanation";
export {
  blocking,
  compareFindings,
  printFinding,
  printGroup,
  RULES,
  rules,
  THRESHOLDS,
  together,
  type RuleOptions,
  type Silence,
} from "../forecast/rules";
export type {
  Cause,
  ClusterIntent,
  Compared,
  Finding,
  FindingGroup,
  Intent,
  Violation,
  Rule,
  Scene,
  Severity,
  Side,
  Thresholds,
} from "../forecast/rules";
export type { Address, AddressFamily } from "../model/address";
export { orThrow, printFault, UserError, type Fault, type Result } from "../model/errors";
