/** The `bgpfabric` command as a process: its arguments, its streams, its exit code. */
import { bgpfabric } from "./program";

// A reader that has seen enough (head, less) closes the pipe: no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

void bgpfabric(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
}).then((code) => {
  process.exitCode = code;
});
