/**
 * Makes V8 optimize later than by default. Most runs of the command end within a second: machine code that is optimized
 * early costs more CPU there than it saves. Import it first, in programs of this project alone: it holds for the process.
 */
import { setFlagsFromString } from "node:v8";

/** How much bytecode a function runs before it is optimized: eight times the default of 66 kB. */
const OPTIMIZE_LATER = "--interrupt-budget=540000";

// Measured with Node.js 20. Later ones have a compiler more (Maglev) between the interpreter and the optimized code.
if (process.versions.node.startsWith("20.")) setFlagsFromString(OPTIMIZE_LATER);
