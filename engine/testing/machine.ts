/** Settings of the whole machine that a kind node's systemd and kubelet would write: what a test holds against afterwards. */
import * as fs from "node:fs";

/** The same list as the node image's entrypoint covers (parts/kind/root.ts). */
const SETTINGS = [
  ...["fs/file-max", "fs/nr_open", "fs/protected_fifos", "fs/protected_hardlinks", "fs/protected_regular"],
  ...["fs/protected_symlinks", "fs/inotify/max_user_instances", "fs/inotify/max_user_watches", "kernel/core_pattern"],
  ...[
    "kernel/kptr_restrict",
    "kernel/panic",
    "kernel/panic_on_oops",
    "kernel/pid_max",
    "kernel/printk",
    "kernel/sysrq",
  ],
  ...["kernel/keys/root_maxkeys", "kernel/keys/root_maxbytes", "vm/max_map_count", "vm/overcommit_memory"],
  // What is below net/ each network namespace has for itself: a node cannot reach the machine's, nor could the tests.
  "vm/panic_on_oom",
];

/** Each setting's file and what is in it; what the machine does not have is left out. */
export function machineSettings(): Record<string, string> {
  const files = SETTINGS.map((name) => `/proc/sys/${name}`).filter((file) => fs.existsSync(file));
  return Object.fromEntries(files.map((file) => [file, fs.readFileSync(file, "utf8")]));
}
