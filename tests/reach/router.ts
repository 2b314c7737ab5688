/**
 * A router with a real SSH server: FRR and OpenSSH in namespaces of their own, and a port on loopback in front of them,
 * behind which the test can cut the connection, slow it down, or refuse it. The kernel takes all of it down with its
 * first process.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, type Socket, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unpackPackages } from "../../engine/parts/debian";
import type { SshReach } from "../../components/live/reach/reach";

export interface Router {
  reach: SshReach;
  /** Folder of OpenSSH's own programs. */
  programs: string;
  /** Runs a program on the router, past SSH. */
  inside(...command: string[]): string;
  /** What the line between program and router does from now on. */
  line: Line;
  stop(): Promise<void>;
}

export interface Line {
  /** Connections are refused: the router is not to be reached. */
  down: boolean;
  /** Milliseconds that each piece waits, either way. */
  delay: number;
  /** Cuts all connections that are open. */
  cut(): void;
  opened: number;
}

const KEYS = `chroot "$root" ssh-keygen -q -t ed25519 -N '' -f`;

const SETUP = `
mount --make-rprivate /
mount -t tmpfs none "$BASE"
mkdir -p "$BASE/upper" "$BASE/work" "$BASE/root"
mount -t overlay overlay -o "lowerdir=$SSH:$LOWER,upperdir=$BASE/upper,workdir=$BASE/work" "$BASE/root"
root="$BASE/root"
mount -t proc proc "$root/proc"; mount --bind /dev "$root/dev"; mount -t devpts devpts "$root/dev/pts" 2>/dev/null || true
mount -t tmpfs none "$root/run"
mkdir -p "$root/run/sshd" "$root/run/frr" "$root/etc/frr" "$root/etc/ssh" "$root/root/.ssh"
hostname tor1; ip link set lo up; ip link add lan0 type bridge; ip addr add 10.10.10.1/24 dev lan0; ip link set lan0 up
${KEYS} /etc/ssh/host; ${KEYS} /root/.ssh/id; ${KEYS} /root/.ssh/other
cp "$root/root/.ssh/id.pub" "$root/root/.ssh/authorized_keys"; chmod 700 "$root/root" "$root/root/.ssh"
grep -q ^sshd: "$root/etc/passwd" || echo 'sshd:x:990:65534::/run/sshd:/usr/sbin/nologin' >> "$root/etc/passwd"
printf 'HostKey /etc/ssh/host\\nPermitRootLogin prohibit-password\\nPasswordAuthentication no\\nUsePAM no\\nStrictModes yes\\n' > "$root/etc/ssh/sshd_config"
printf 'bgpd=yes\\nvtysh_enable=yes\\nzebra_options="-A 127.0.0.1"\\nbgpd_options="-A 127.0.0.1"\\nstaticd_options="-A 127.0.0.1"\\n' > "$root/etc/frr/daemons"
printf 'frr defaults datacenter\\nhostname tor1\\nservice integrated-vtysh-config\\n' > "$root/etc/frr/frr.conf"
echo 'service integrated-vtysh-config' > "$root/etc/frr/vtysh.conf"
chroot "$root" chown -R frr:frr /etc/frr /run/frr
for daemon in zebra staticd bgpd; do chroot "$root" /usr/lib/frr/$daemon -d -A 127.0.0.1; done
chroot "$root" vtysh -b >/dev/null 2>&1
echo up
exec sleep 86400
`;

export interface RouterOptions {
  /** Whether sudo is there, and a user "admin" who may use it without a password and log in with root's key. */
  sudo?: boolean;
}

const ADMIN = `
grep -q ^admin: "$root/etc/passwd" || echo 'admin:x:1990:1990::/home/admin:/bin/sh' >> "$root/etc/passwd"
echo 'admin:*:20000:0:99999:7:::' >> "$root/etc/shadow"
mkdir -p "$root/home/admin/.ssh" "$root/etc/sudoers.d"
cp "$root/root/.ssh/id.pub" "$root/home/admin/.ssh/authorized_keys"; chown -R 1990:1990 "$root/home/admin"
chmod 700 "$root/home/admin/.ssh"
echo 'admin ALL=(ALL) NOPASSWD: ALL' > "$root/etc/sudoers.d/admin"; chmod 440 "$root/etc/sudoers.d/admin"
`;

export async function router({ sudo = false }: RouterOptions = {}): Promise<Router> {
  const lower = process.env["BGPFABRIC_BOOKWORM"];
  if (lower === undefined || !existsSync(lower)) {
    throw new Error("no root file system with FRR (BGPFABRIC_BOOKWORM): `make test` prepares it");
  }
  const folder = mkdtempSync(join(tmpdir(), "bgpfabric-ssh-"));
  const ssh = join(folder, "ssh");
  const packages = ["openssh-server", "openssh-client", "libwrap0", ...(sudo ? ["sudo"] : [])];
  await unpackPackages(packages, ssh, join(folder, "scratch"), join(folder, "log"));
  // The root's /lib is a link to /usr/lib, and stays one.
  execFileSync("sh", ["-ec", "cp -a lib/. usr/lib/; rm -r lib; mkdir ../base"], { cwd: ssh });
  const flags = ["--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child", "--mount-proc"];
  const first = spawn(
    "unshare",
    [...flags, "sh", "-euc", SETUP.replace("echo up\n", `${sudo ? ADMIN : ""}echo up\n`)],
    {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, BASE: join(folder, "base"), SSH: ssh, LOWER: lower },
    },
  );
  let said = "";
  first.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await new Promise<void>((resolve, reject) => {
    first.once("exit", () => reject(new Error(`the router did not start: ${said}`)));
    first.stdout.once("data", () => resolve());
  });
  const pid = execFileSync("ps", ["-o", "pid=", "--ppid", String(first.pid)], { encoding: "utf8" }).trim();
  const enter = ["-t", pid, "-m", "-n", "-p", "-i", "-u", "chroot", join(folder, "base/root")];
  const inside = (...command: string[]) => execFileSync("nsenter", [...enter, ...command], { encoding: "utf8" });
  const { line, port, close } = await lineTo(() =>
    spawn("nsenter", [...enter, "/usr/sbin/sshd", "-i", "-e"], { stdio: ["pipe", "pipe", "ignore"] }),
  );
  return {
    reach: {
      by: "ssh",
      host: "127.0.0.1",
      user: "root",
      key: inside("cat", "/root/.ssh/id"),
      hostKey: inside("cat", "/etc/ssh/host.pub").trim(),
      port,
    },
    programs: join(ssh, "usr/bin"),
    inside,
    line,
    stop: async () => {
      line.cut();
      close();
      const ended = once(first, "exit");
      // Its child is the namespace's first process: with it everything inside ends.
      process.kill(Number(pid), "SIGKILL");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A port on loopback, each connection to which is one to a new sshd. */
async function lineTo(sshd: () => ChildProcess): Promise<{ line: Line; port: number; close: () => void }> {
  const open = new Set<Socket>();
  const line: Line = { down: false, delay: 0, opened: 0, cut: () => open.forEach((socket) => socket.destroy()) };
  const later = (work: () => void) => (line.delay === 0 ? work() : void setTimeout(work, line.delay));
  const server = createServer((socket) => {
    if (line.down) {
      socket.destroy();
      return;
    }
    line.opened += 1;
    const child = sshd();
    open.add(socket);
    socket.on("data", (chunk) => later(() => child.stdin?.write(chunk)));
    child.stdout?.on("data", (chunk: Buffer) => later(() => socket.writable && socket.write(chunk)));
    child.stdin?.on("error", () => undefined);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      open.delete(socket);
      child.stdin?.end();
      child.stdout?.destroy();
    });
    child.on("exit", () => later(() => socket.destroy()));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { line, port: (server.address() as AddressInfo).port, close: () => server.close() };
}

export function otherKey(router: Router): string {
  return router.inside("cat", "/root/.ssh/other");
}

export function publicKeyOfAnother(router: Router): string {
  return router.inside("cat", "/root/.ssh/other.pub").trim();
}

/** Names of processes and their arguments on the whole machine. */
export function processes(): string {
  return execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }) + environments();
}

function environments(): string {
  return execFileSync("sh", ["-c", "cat /proc/[0-9]*/cmdline 2>/dev/null || true"], { encoding: "latin1" });
}

export const file = (path: string): string => readFileSync(path, "utf8");
