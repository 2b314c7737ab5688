/**
 * Every supported argument of the docker and command types with a zero, a value and another value. What the official
 * plugins plan as one argument goes through them is recorded in recorded/arguments.json; record.ts made it.
 */
import type { Value, Values } from "../../../engine/plugins/values";

export interface Row {
  readonly argument: string;
  /** Undefined: the argument has none that could be given. */
  readonly zero?: Value;
  readonly given: Value;
  readonly changed: Value;
  /** What else has to be given for Docker to take it. */
  readonly beside?: Values;
}
export interface Type {
  readonly plugin: "docker" | "command";
  readonly type: string;
  readonly base: Values;
  readonly rows: readonly Row[];
}

/** Images in the local store. */
export const image = "table/runs:1";
export const otherImage = "table/ends:1";

const row = (argument: string, zero: Value | undefined, given: Value, changed: Value, beside?: Values): Row => ({
  argument,
  ...(zero === undefined ? {} : { zero }),
  given,
  changed,
  ...(beside === undefined ? {} : { beside }),
});
const truth = (argument: string, beside?: Values): Row => row(argument, false, true, false, beside);
const label = (value: string): Value[] => [{ label: "a", value }];
const rate = (argument: string): Row =>
  row(argument, [], [{ path: "/dev/null", rate: 1024 }], [{ path: "/dev/null", rate: 2048 }]);

const network: Type = {
  plugin: "docker",
  type: "docker:index/network:Network",
  base: { name: "table-NAME" },
  rows: [
    row("name", "", "table-NAME", "table-NAME-other"),
    row("labels", [], label("b"), label("c")),
    row("driver", "", "bridge", "bridge"),
    row(
      "options",
      {},
      { "com.docker.network.bridge.enable_icc": "true" },
      { "com.docker.network.bridge.enable_icc": "false" },
    ),
    truth("internal"),
    truth("attachable"),
    row("ingress", false, false, false),
    row("ipv6", false, true, false, { ipamConfigs: [{ subnet: "fd00:77::/64" }] }),
    row("ipamDriver", "", "default", "default"),
    row("ipamOptions", {}, { a: "b" }, { a: "c" }),
    row(
      "ipamConfigs",
      [],
      [{ subnet: "10.123.SUBNET.0/24", gateway: "10.123.SUBNET.1" }],
      [{ subnet: "10.123.SUBNET.0/24", gateway: "10.123.SUBNET.2" }],
    ),
  ],
};

const volume: Type = {
  plugin: "docker",
  type: "docker:index/volume:Volume",
  base: { name: "table-NAME" },
  rows: [
    row("name", "", "table-NAME", "table-NAME-other"),
    row("labels", [], label("b"), label("c")),
    row("driver", "", "local", "local"),
    row(
      "driverOpts",
      {},
      { type: "tmpfs", device: "tmpfs", o: "size=1m" },
      { type: "tmpfs", device: "tmpfs", o: "size=2m" },
    ),
  ],
};

const remoteImage: Type = {
  plugin: "docker",
  type: "docker:index/remoteImage:RemoteImage",
  base: { name: image, keepLocally: true },
  rows: [
    row("name", undefined, image, otherImage),
    truth("keepLocally"),
    truth("forceRemove"),
    row("pullTriggers", [], ["a"], ["b"]),
    row("triggers", {}, { a: "b" }, { a: "c" }),
    row("platform", "", "linux/amd64", "linux/amd64"),
  ],
};

const container: Type = {
  plugin: "docker",
  type: "docker:index/container:Container",
  base: { name: "table-NAME", image, command: ["/bin/sleep", "600"], start: false, mustRun: false },
  rows: [
    row("name", "", "table-NAME", "table-NAME-other"),
    row("image", undefined, image, otherImage),
    row("platform", "", "linux", "linux/amd64"),
    row("command", undefined, ["/bin/sleep", "1"], ["/bin/sleep", "2"]),
    row("entrypoints", [], ["/bin/sh"], ["/bin/sh", "-c"]),
    row("envs", [], ["A=1"], ["A=2"]),
    row("user", "", "1", "2"),
    row("workingDir", "", "/tmp", "/"),
    row("hostname", "", "one", "two"),
    row("domainname", "", "one", "two"),
    row("labels", [], label("b"), label("c")),
    truth("tty"),
    truth("stdinOpen"),
    row("uploads", [], [{ file: "/x", content: "1" }], [{ file: "/x", content: "2" }]),
    row(
      "healthcheck",
      undefined,
      { tests: ["CMD", "/bin/true"], interval: "1s" },
      { tests: ["CMD", "/bin/true"], interval: "2s" },
    ),
    truth("rm"),
    row("start", false, false, false),
    truth("wait"),
    row("waitTimeout", 0, 5, 6),
    truth("attach"),
    truth("logs"),
    row("mustRun", false, false, false),
    row("restart", "", "always", "no"),
    row("maxRetryCount", 0, 2, 3, { restart: "on-failure" }),
    row("removeVolumes", false, true, false),
    row("destroyGraceSeconds", 0, 1, 2),
    truth("init"),
    row("containerReadRefreshTimeoutMilliseconds", 0, 1000, 2000),
    row("stopSignal", "", "SIGINT", "SIGTERM"),
    row("stopTimeout", 0, 1, 2),
    truth("privileged"),
    row("capabilities", {}, { adds: ["CAP_NET_ADMIN"] }, { adds: ["CAP_NET_ADMIN", "CAP_SYS_ADMIN"] }),
    row("securityOpts", [], ["no-new-privileges"], ["no-new-privileges:false"]),
    row("runtime", "", "runc", "runc"),
    truth("readOnly"),
    row("sysctls", {}, { "net.ipv4.ip_forward": "1" }, { "net.ipv4.ip_forward": "0" }),
    row("ulimits", [], [{ name: "nofile", soft: 10, hard: 20 }], [{ name: "nofile", soft: 10, hard: 30 }]),
    row("groupAdds", [], ["1"], ["2"]),
    row("ipcMode", "", "private", "host"),
    row("pidMode", "", "host", ""),
    row("usernsMode", "", "host", ""),
    row("cgroupnsMode", undefined, "private", "host"),
    row("cgroupParent", "", "/a", "/b"),
    row("memory", 0, 64, 65),
    row("memoryReservation", 0, 64, 65),
    row("memorySwap", 0, 128, 129, { memory: 64 }),
    row("shmSize", 0, 32, 33),
    row("cpus", "", "0.5", "0.6"),
    row("cpuPeriod", 0, 100000, 90000),
    row("cpuQuota", 0, 50000, 40000),
    row("cpuShares", 0, 512, 256),
    row("cpuSet", undefined, "0", "0-1"),
    row("devices", [], [{ hostPath: "/dev/null" }], [{ hostPath: "/dev/zero" }]),
    rate("deviceReadBps"),
    rate("deviceReadIops"),
    rate("deviceWriteBps"),
    rate("deviceWriteIops"),
    row("mounts", [], [{ type: "tmpfs", target: "/m" }], [{ type: "tmpfs", target: "/m", readOnly: true }]),
    row(
      "volumes",
      [],
      [{ hostPath: "/tmp", containerPath: "/v" }],
      [{ hostPath: "/tmp", containerPath: "/v", readOnly: true }],
    ),
    row("tmpfs", {}, { "/t": "size=1m" }, { "/t": "size=2m" }),
    row("storageOpts", {}, {}, {}),
    row("logDriver", "", "json-file", "none"),
    row("logOpts", {}, { "max-size": "1m" }, { "max-size": "2m" }),
    row("networkMode", "", "host", "none"),
    row("networksAdvanced", [], [{ name: "table-one" }], [{ name: "table-two" }]),
    row("ports", [], [{ internal: 80, external: 18080 }], [{ internal: 80, external: 18081 }]),
    truth("publishAllPorts"),
    row("hosts", [], [{ host: "a", ip: "10.0.0.1" }], [{ host: "a", ip: "10.0.0.2" }]),
    row("dns", [], ["10.0.0.1"], ["10.0.0.2"]),
    row("dnsOpts", [], ["ndots:1"], ["ndots:2"]),
    row("dnsSearches", [], ["a.example"], ["b.example"]),
  ],
};

const command: Type = {
  plugin: "command",
  type: "command:local:Command",
  base: { create: "echo made" },
  rows: [
    row("create", "", "echo 1", "echo 2"),
    row("update", "", "echo 1", "echo 2"),
    row("delete", "", "true 1", "true 2"),
    row("stdin", "", "1", "2"),
    row("dir", undefined, "/", "/tmp"),
    row("logging", undefined, "none", "stderr"),
    row("interpreter", [], ["/bin/sh", "-c"], ["/bin/sh", "-e", "-c"]),
    row("environment", {}, { A: "1" }, { A: "2" }),
    row("triggers", [], ["1"], ["2"]),
    row("addPreviousOutputInEnv", false, true, false),
  ],
};

export const types: readonly Type[] = [network, volume, remoteImage, container, command];

export type Position = "left out" | "zero" | "given" | "changed";
/** The way that each argument goes. */
export const way: readonly Position[] = [
  "left out",
  "zero",
  "left out",
  "zero",
  "given",
  "changed",
  "left out",
  "given",
  "zero",
  "left out",
];

/** The arguments at one position of the way; undefined where the argument has no zero. */
export function argumentsAt({ base }: Type, at: Row, position: Position): Values | undefined {
  const others: Values = Object.fromEntries(
    Object.entries({ ...base, ...at.beside }).filter(([name]) => name !== at.argument),
  );
  if (position === "left out") return others;
  const value = position === "zero" ? at.zero : position === "given" ? at.given : at.changed;
  return value === undefined ? undefined : { ...others, [at.argument]: value };
}
