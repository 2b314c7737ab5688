/** Arista EOS: a speaker to a configuration and back. Not verified against a running switch. */
export { writeEos, type EosOptions } from "./write";
export { readEos } from "./read";
