/**
 * A property test draws anew on each run of yours; in continuous integration it draws the same each time, so that a build
 * turns red by what was changed and not by luck. What a draw of yours finds becomes a test of its own.
 */
import fc from "fast-check";

if (process.env["CI"] === "true") fc.configureGlobal({ seed: 20261121 });
