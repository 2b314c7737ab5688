/** GoBGP 3: a speaker to gobgpd's configuration, and the routes it originates as commands. */
export { gobgpCommands, writeGobgp, type GobgpOptions } from "./write";
