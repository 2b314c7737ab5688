/**
 * Every temporary folder that the tests of a run make lies in one folder, which goes with the run: a test that fails or is
 * stopped leaves nothing behind either. Not for levels with daemons: what they mount is theirs to unmount.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export default function scratch(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "bgpfabric-tests-"));
  process.env["TMPDIR"] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
