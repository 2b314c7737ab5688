/** FRR: a speaker to frr.conf and back. */
export { frrDaemonArguments, writeFrr, type FrrOptions } from "./frrWrite";
export { readFrr } from "./frrRead";
