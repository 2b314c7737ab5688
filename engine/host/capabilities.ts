/**
 * Privileged containers on a machine whose root lacks a capability: Docker asks for every one that its kernel knows, and
 * runc 1.1 refuses what the machine cannot give. A runtime in front of runc takes exactly those out.
 */
import * as fs from "node:fs";
import * as path from "node:path";

/** Capabilities by number, as the kernel numbers them (include/uapi/linux/capability.h). */
const NAMES = [
  ...["CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP"],
  ...["LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER"],
  ...["SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE"],
  ...["SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP"],
  ...["MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF"],
  "CHECKPOINT_RESTORE",
];

/** What a process with this /proc/PID/status cannot be given. */
export function missingCapabilities(status: string): string[] {
  const bounding = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "ffffffffffffffff"}`);
  return NAMES.flatMap((name, bit) => (((bounding >> BigInt(bit)) & 1n) === 1n ? [] : [`CAP_${name}`]));
}

/**
 * A folder to put first on dockerd's PATH; none where the machine lacks nothing. The program in it is called runc as well:
 * Docker writes a runtime's name into every container, and ours are to be what they are elsewhere.
 */
export function runtimeFolder(run: string, status = fs.readFileSync("/proc/self/status", "utf8")): string | undefined {
  const missing = missingCapabilities(status);
  if (missing.length === 0) return undefined;
  const folder = path.join(run, "runtime");
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "runc"), runtimeScript(missing, folder), { mode: 0o755 });
  return folder;
}

/** The bundle's configuration before create and run, the file behind --process before exec; then runc as it was called. */
export function runtimeScript(missing: readonly string[], folder: string): string {
  const names = missing.join("|");
  return `#!/bin/sh
bundle=. process=
previous=
for word in "$@"; do
  case $previous in --bundle|-b) bundle=$word ;; --process|-p) process=$word ;; esac
  case $word in --bundle=*) bundle=\${word#*=} ;; --process=*) process=\${word#*=} ;; esac
  previous=$word
done
for file in "$bundle/config.json" "$process"; do
  [ -f "$file" ] && grep -qE '"(${names})"' "$file" &&
    sed -i -E 's/,"(${names})"//g; s/"(${names})",?//g' "$file"
done
IFS=:
for dir in $PATH; do
  [ "$dir" != "${folder}" ] && [ -x "$dir/runc" ] && exec "$dir/runc" "$@"
done
echo "no runc on PATH" >&2
exit 127
`;
}
