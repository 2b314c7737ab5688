/**
 * The command plugin against the recording of pulumi-command 1.2.1, step by step. It proves equality for what was
 * recorded: local:Command with every argument but assets, archives and `dir`. Unrecorded behaviour is in ../plugins.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "./suite";

const folder = mkdtempSync(join(tmpdir(), "bgpfabric-command-"));

suite({
  program: {
    name: "command-local",
    plugins: ["command"],
    replace: {
      "/tmp/conf-deleted": join(folder, "deleted"),
      // In step 2 a create that fails keeps an update from beginning that waits for this one: which of the two commands ends
      // first is a race in the engine. The recording's side wins when the one that must end last takes its time.
      "echo updated $A": "sleep 3; echo updated $A",
    },
  },
  meanings: {
    2: [/exit status 7: running "echo partial; echo broken >&2; exit 7":\s+partial\s+broken/],
    7: [/exit status 3: running "echo oops >&2; exit 3":\s+oops/],
  },
  exceptions: {},
  tidy: () => Promise.resolve(rmSync(folder, { recursive: true, force: true })),
});
