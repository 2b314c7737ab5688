/** What a container's planned state means in the words of Docker's API. */
import type Docker from "dockerode";
import type { Value, Values } from "../values";
import { count, labelMap, mapping, objects, word, words } from "./kind";

const mebibyte = 1024 * 1024;
type Create = Docker.ContainerCreateOptions;

/** Leaves out what is not set, as Docker's own client does. */
const set = <T extends object>(values: T): Partial<T> =>
  Object.fromEntries(
    Object.entries(values).filter(([, v]) => v !== undefined && v !== "" && !(Array.isArray(v) && v.length === 0)),
  ) as Partial<T>;

export function createOptions(plan: Values): Create {
  const command = words(plan["command"]);
  if (command.includes("")) throw new Error("values for command may not be empty");
  const { exposed, bindings } = ports(objects(plan["ports"]));
  const { paths, binds, from } = volumes(objects(plan["volumes"]));
  return {
    name: word(plan["name"]),
    ...set({
      platform: word(plan["platform"]),
      Hostname: word(plan["hostname"]),
      Domainname: word(plan["domainname"]),
      User: word(plan["user"]),
      StopSignal: word(plan["stopSignal"]),
      WorkingDir: word(plan["workingDir"]),
      Env: words(plan["envs"]),
      Cmd: command,
      Entrypoint: words(plan["entrypoints"]),
    }),
    ...(count(plan["stopTimeout"]) > 0 ? { StopTimeout: count(plan["stopTimeout"]) } : {}),
    ...(Object.keys(paths).length > 0 ? { Volumes: paths } : {}),
    ...(Object.keys(exposed).length > 0 ? { ExposedPorts: exposed } : {}),
    ...healthcheck(plan["healthcheck"]),
    Image: word(plan["image"]),
    Tty: plan["tty"] === true,
    OpenStdin: plan["stdinOpen"] === true,
    Labels: labelMap(plan["labels"]),
    HostConfig: hostConfig(plan, bindings, binds, from),
  };
}

function hostConfig(plan: Values, bindings: Docker.PortMap, binds: string[], from: string[]): Docker.HostConfig {
  const capabilities = objects([plan["capabilities"] ?? null])[0] ?? {};
  const securityOpts = words(plan["securityOpts"]);
  const unconfined = securityOpts.includes("systempaths=unconfined"); // the client's part of it, not the daemon's
  return {
    ...set({
      Runtime: word(plan["runtime"]),
      NetworkMode: word(plan["networkMode"]),
      UsernsMode: word(plan["usernsMode"]),
      PidMode: word(plan["pidMode"]),
      IpcMode: word(plan["ipcMode"]),
      CgroupnsMode: word(plan["cgroupnsMode"]),
      CgroupParent: word(plan["cgroupParent"]),
      Binds: binds,
      VolumesFrom: from,
      CapAdd: capabilityNames(capabilities["adds"]),
      CapDrop: capabilityNames(capabilities["drops"]),
      Dns: words(plan["dns"]),
      DnsOptions: words(plan["dnsOpts"]),
      DnsSearch: words(plan["dnsSearches"]),
      GroupAdd: words(plan["groupAdds"]),
      DeviceCgroupRules: words(plan["deviceCgroupRules"]),
      SecurityOpt: securityOpts.filter((option) => option !== "systempaths=unconfined"),
      ExtraHosts: objects(plan["hosts"]).map((host) => `${word(host["host"])}:${word(host["ip"])}`),
      Ulimits: objects(plan["ulimits"]).map((limit) => ({
        Name: word(limit["name"]),
        Soft: count(limit["soft"]),
        Hard: count(limit["hard"]),
      })),
      Devices: objects(plan["devices"]).map((device) => ({
        PathOnHost: word(device["hostPath"]),
        PathInContainer: word(device["containerPath"]) || word(device["hostPath"]),
        CgroupPermissions: word(device["permissions"]),
      })),
      Tmpfs: mapping(plan["tmpfs"]),
      Sysctls: mapping(plan["sysctls"]),
      StorageOpt: mapping(plan["storageOpts"]),
      Mounts: objects(plan["mounts"]).map(mount),
    }),
    ...(unconfined ? { MaskedPaths: [], ReadonlyPaths: [] } : {}),
    ...(Object.keys(bindings).length > 0 ? { PortBindings: bindings } : {}),
    ...resources(plan),
    ...(count(plan["shmSize"]) > 0 ? { ShmSize: count(plan["shmSize"]) * mebibyte } : {}),
    ...processorTime(plan),
    Privileged: plan["privileged"] === true,
    PublishAllPorts: plan["publishAllPorts"] === true,
    ReadonlyRootfs: plan["readOnly"] === true,
    AutoRemove: plan["rm"] === true,
    Init: plan["init"] === true,
    RestartPolicy: restartPolicy(plan),
    LogConfig: { Type: word(plan["logDriver"]), Config: mapping(plan["logOpts"]) ?? {} },
  } as Docker.HostConfig;
}

/** Docker's own client sends them all with their prefix, sorted, since 28; what a refresh then shows differs from what was given. */
function capabilityNames(given: Value | undefined): string[] {
  const names = words(given).map((name) => name.toUpperCase());
  return [...new Set(names.map((name) => (name === "ALL" || name.startsWith("CAP_") ? name : `CAP_${name}`)))].sort();
}

export const restartPolicy = (plan: Values): Docker.HostRestartPolicy => ({
  Name: word(plan["restart"]),
  MaximumRetryCount: count(plan["maxRetryCount"]),
});

/** The limits that Docker can also change in a container that exists. */
export function resources(plan: Values): Record<string, unknown> {
  const swap = count(plan["memorySwap"]);
  const throttle = (value: Value | undefined) =>
    objects(value).map((device) => ({ Path: word(device["path"]), Rate: count(device["rate"]) }));
  return set({
    CpuShares: count(plan["cpuShares"]),
    Memory: count(plan["memory"]) * mebibyte,
    MemoryReservation: count(plan["memoryReservation"]) * mebibyte,
    MemorySwap: swap === 0 ? undefined : swap > 0 ? swap * mebibyte : swap,
    CpusetCpus: word(plan["cpuSet"]),
    BlkioDeviceReadBps: throttle(plan["deviceReadBps"]),
    BlkioDeviceReadIOps: throttle(plan["deviceReadIops"]),
    BlkioDeviceWriteBps: throttle(plan["deviceWriteBps"]),
    BlkioDeviceWriteIOps: throttle(plan["deviceWriteIops"]),
  });
}

/** `cpus` wins over period and quota. */
function processorTime(plan: Values): Record<string, number> {
  const cpus = word(plan["cpus"]);
  if (cpus !== "") {
    const nano = Math.round(Number(cpus) * 1e9);
    if (!Number.isFinite(nano)) throw new Error(`Error setting cpus: ${cpus} is no number`);
    return { NanoCpus: nano };
  }
  return {
    ...(count(plan["cpuPeriod"]) === 0 ? {} : { CpuPeriod: count(plan["cpuPeriod"]) }),
    ...(count(plan["cpuQuota"]) === 0 ? {} : { CpuQuota: count(plan["cpuQuota"]) }),
  };
}

function ports(given: Values[]): { exposed: Record<string, object>; bindings: Docker.PortMap } {
  const exposed: Record<string, object> = {};
  const bindings: Docker.PortMap = {};
  for (const port of given) {
    const key = `${count(port["internal"])}/${word(port["protocol"])}`;
    exposed[key] = {};
    (bindings[key] ??= []).push({ HostIp: word(port["ip"]), HostPort: String(count(port["external"])) });
  }
  return { exposed, bindings };
}

function volumes(given: Values[]): { paths: Record<string, object>; binds: string[]; from: string[] } {
  const paths: Record<string, object> = {};
  const binds: string[] = [];
  const from: string[] = [];
  for (const volume of given) {
    const other = word(volume["fromContainer"]);
    const path = word(volume["containerPath"]);
    if (other === "" && path === "")
      throw new Error("Unable to parse volumes: volume entry without container path or source container");
    if (other !== "" && path !== "")
      throw new Error("Unable to parse volumes: both a container and a path specified in a volume entry");
    if (other !== "") {
      from.push(other);
      continue;
    }
    paths[path] = {};
    const source = word(volume["hostPath"]) || word(volume["volumeName"]);
    const label = word(volume["selinuxRelabel"]);
    const mode = (volume["readOnly"] === true ? "ro" : "rw") + (label === "" ? "" : `,${label}`);
    if (source !== "") binds.push(`${source}:${path}:${mode}`);
  }
  return { paths, binds, from };
}

function mount(given: Values): object {
  const [bind] = objects([given["bindOptions"] ?? null]);
  const [volume] = objects([given["volumeOptions"] ?? null]);
  const [tmpfs] = objects([given["tmpfsOptions"] ?? null]);
  const driver = volume && { Name: word(volume["driverName"]), Options: mapping(volume["driverOptions"]) ?? {} };
  return {
    Type: word(given["type"]),
    Target: word(given["target"]),
    Source: word(given["source"]),
    ReadOnly: given["readOnly"] === true,
    ...(bind ? { BindOptions: set({ Propagation: word(bind["propagation"]) }) } : {}),
    ...(volume
      ? {
          VolumeOptions: {
            NoCopy: volume["noCopy"] === true,
            Labels: labelMap(volume["labels"]),
            ...(driver?.Name === "" ? {} : { DriverConfig: driver }),
            ...set({ Subpath: word(volume["subpath"]) }),
          },
        }
      : {}),
    ...(tmpfs ? { TmpfsOptions: { SizeBytes: count(tmpfs["sizeBytes"]), Mode: count(tmpfs["mode"]) } } : {}),
  };
}

function healthcheck(given: Value | undefined): Pick<Create, "Healthcheck"> {
  const [check] = objects([given ?? null]);
  if (!check) return {};
  return {
    Healthcheck: {
      Test: words(check["tests"]),
      Interval: nanoseconds(word(check["interval"])),
      Timeout: nanoseconds(word(check["timeout"])),
      StartPeriod: nanoseconds(word(check["startPeriod"])),
      ...(nanoseconds(word(check["startInterval"])) > 0
        ? { StartInterval: nanoseconds(word(check["startInterval"])) }
        : {}),
      Retries: count(check["retries"]),
    },
  };
}

const units: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** A duration as Go writes it: "1m30s". */
export const nanoseconds = (text: string): number =>
  [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * (units[unit ?? ""] ?? 0),
    0,
  );

/** And back, as Go's Duration.String. */
export function duration(nano: number): string {
  if (nano === 0) return "0s";
  if (nano < 1e3) return `${nano}ns`;
  if (nano < 1e6) return `${nano / 1e3}µs`;
  if (nano < 1e9) return `${nano / 1e6}ms`;
  const hours = Math.floor(nano / 3600e9);
  const minutes = Math.floor((nano % 3600e9) / 60e9);
  const seconds = (nano % 60e9) / 1e9;
  return `${hours > 0 ? `${hours}h` : ""}${hours > 0 || minutes > 0 ? `${minutes}m` : ""}${seconds}s`;
}
