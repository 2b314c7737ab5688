/** `bgpfabric/config`: the configuration of a router as text, read and written, and files of a lab. Pure; without Pulumi. */
export { readFrr, writeFrr, frrDaemonArguments, type FrrOptions } from "../config/frr";
export { readEos, writeEos, type EosOptions } from "../config/eos";
export { writeBird, birdProtocols, type BirdOptions } from "../config/bird";
export { writeGobgp, gobgpCommands, type GobgpOptions } from "../config/gobgp";
export type { ReadOptions, Reading, SecretNames } from "../config/ios/reading";
export type { LineClass } from "../config/ios/classes";
export type { Secrets } from "../config/draft";
export { readLinks, type Link, type Links } from "../config/lab/links";
export { writeContainerlab, type ContainerlabOptions } from "../config/lab/containerlab";
export { writeKind, type KindCluster } from "../config/lab/kind";
export type { DialectRef, Network, Segment, Speaker } from "../bgp/network";
export { orThrow, printFault, UserError, type Fault, type Result } from "../model/errors";
