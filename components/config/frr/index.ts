/** FRR: a speaker to frr.conf and back. */
export { frrDaemonArguments, writeFrr, type FrrOptions } from "./write";
export { readFrr } from "./read";
