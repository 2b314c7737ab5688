/**
 * What Docker says of a container, as properties: exactly those that terraform-provider-docker 4.5 reads. The others
 * (envs, labels, uploads, volumes, networksAdvanced, ...) stay what the state says, so a hand edit of them is not seen.
 */
import type Docker from "dockerode";
import type { Value, Values } from "../values";
import { duration } from "./containerSpec";
import { objects, word } from "./kind";

const mebibyte = 1024 * 1024;

/** Fields of the answer that the client's types do not have (yet). */
interface Unlisted {
  readonly Platform?: string;
  readonly NetworkSettings?: { readonly Bridge?: string };
  readonly Config: {
    readonly Domainname?: string;
    readonly StopSignal?: string;
    readonly StopTimeout?: number;
    readonly Healthcheck?: Health;
  };
}
interface Health {
  readonly Test?: string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
  readonly Retries?: number;
}

export function containerState(info: Docker.ContainerInspectInfo, state: Values): Values {
  const { Config, HostConfig, State } = info;
  const more = info as unknown as Unlisted;
  const given = (key: string): boolean => {
    const value = state[key] ?? null;
    return value !== null && value !== "" && !(Array.isArray(value) && value.length === 0);
  };
  const limit = (bytes: number | undefined): number =>
    bytes === undefined ? 0 : bytes > 0 ? Math.floor(bytes / mebibyte) : bytes;
  const check = more.Config.Healthcheck;
  const added = (HostConfig.CapAdd ?? []) as string[];
  const dropped = (HostConfig.CapDrop ?? []) as string[];
  return {
    name: info.Name.replace(/^\/+/, ""),
    // An image given by its id is compared by id.
    image: word(state["image"]).startsWith("sha256:") ? info.Image : Config.Image,
    rm: HostConfig.AutoRemove ?? false,
    readOnly: HostConfig.ReadonlyRootfs ?? false,
    hostname: Config.Hostname,
    domainname: more.Config.Domainname ?? "",
    command: Config.Cmd ?? null,
    entrypoints: typeof Config.Entrypoint === "string" ? [Config.Entrypoint] : (Config.Entrypoint ?? null),
    user: Config.User,
    workingDir: Config.WorkingDir,
    tty: Config.Tty,
    stdinOpen: Config.OpenStdin,
    stopSignal: more.Config.StopSignal ?? "",
    stopTimeout: more.Config.StopTimeout ?? 0,
    dns: list(HostConfig.Dns),
    dnsOpts: list(HostConfig.DnsOptions),
    dnsSearches: list(HostConfig.DnsSearch),
    securityOpts: list(HostConfig.SecurityOpt as string[] | undefined),
    groupAdds: list(HostConfig.GroupAdd),
    publishAllPorts: HostConfig.PublishAllPorts ?? false,
    restart: HostConfig.RestartPolicy?.Name ?? "",
    maxRetryCount: HostConfig.RestartPolicy?.MaximumRetryCount ?? 0,
    init: HostConfig.Init ?? false,
    privileged: HostConfig.Privileged ?? false,
    runtime: HostConfig.Runtime ?? "",
    platform: more.Platform ?? "",
    ipcMode: HostConfig.IpcMode ?? "",
    usernsMode: HostConfig.UsernsMode ?? "",
    networkMode: HostConfig.NetworkMode ?? "",
    memory: Math.floor((HostConfig.Memory ?? 0) / mebibyte),
    memoryReservation: limit(HostConfig.MemoryReservation),
    memorySwap: limit(HostConfig.MemorySwap),
    shmSize: Math.floor((HostConfig.ShmSize ?? 0) / mebibyte),
    cpuShares: HostConfig.CpuShares ?? 0,
    cpuSet: HostConfig.CpusetCpus ?? "",
    deviceReadBps: throttles(HostConfig.BlkioDeviceReadBps),
    deviceReadIops: throttles(HostConfig.BlkioDeviceReadIOps),
    deviceWriteBps: throttles(HostConfig.BlkioDeviceWriteBps),
    deviceWriteIops: throttles(HostConfig.BlkioDeviceWriteIOps),
    tmpfs: dictionary(HostConfig.Tmpfs),
    sysctls: dictionary(HostConfig.Sysctls),
    storageOpts: dictionary(HostConfig.StorageOpt),
    logDriver: HostConfig.LogConfig?.Type ?? "",
    logOpts: given("logOpts") ? dictionary(HostConfig.LogConfig?.Config as Record<string, string> | undefined) : {},
    hosts: ((HostConfig.ExtraHosts ?? []) as string[]).map((host) => {
      const at = host.indexOf(":");
      return { host: host.slice(0, at), ip: host.slice(at + 1) };
    }),
    mounts: (HostConfig.Mounts ?? []).map(mountState),
    bridge: more.NetworkSettings?.Bridge ?? "",
    networkDatas: networks(info),
    ...(added.length > 0 || dropped.length > 0 ? { capabilities: { adds: added, drops: dropped } } : {}),
    ...((HostConfig.NanoCpus ?? 0) > 0 ? { cpus: String((HostConfig.NanoCpus ?? 0) / 1e9) } : {}),
    ...(given("pidMode") ? { pidMode: HostConfig.PidMode ?? "" } : {}),
    ...(given("ulimits")
      ? {
          ulimits: (HostConfig.Ulimits as { Name: string; Soft: number; Hard: number }[]).map((u) => ({
            name: u.Name,
            soft: u.Soft,
            hard: u.Hard,
          })),
        }
      : {}),
    ...(given("devices")
      ? { devices: devices(HostConfig.Devices as Docker.DeviceMapping[] | undefined, state["devices"]) }
      : {}),
    // A stopped container has no ports; one that need not run is left with those it was given.
    ...(given("ports") && (State.Running || state["mustRun"] === true) ? { ports: ports(info) } : {}),
    ...(check
      ? {
          healthcheck: {
            tests: check.Test ?? [],
            interval: duration(check.Interval ?? 0),
            timeout: duration(check.Timeout ?? 0),
            startPeriod: duration(check.StartPeriod ?? 0),
            startInterval: duration(check.StartInterval ?? 0),
            retries: check.Retries ?? 0,
          },
        }
      : {}),
    // A container that should run and does not shows as one that need not: the next update starts it.
    ...(State.Running ? {} : { exitCode: State.ExitCode, ...(state["mustRun"] === true ? { mustRun: false } : {}) }),
  };
}

const list = (value: string[] | null | undefined): Value => value ?? [];
const dictionary = (value: Record<string, string> | null | undefined): Value => value ?? {};
const throttles = (value: unknown): Values[] =>
  ((value ?? []) as { Path: string; Rate: number }[]).map((device) => ({ path: device.Path, rate: device.Rate }));

function networks(info: Docker.ContainerInspectInfo): Values[] {
  return Object.entries(info.NetworkSettings.Networks ?? {}).map(([networkName, endpoint]) => ({
    networkName,
    ipAddress: endpoint.IPAddress,
    ipPrefixLength: endpoint.IPPrefixLen,
    gateway: endpoint.Gateway,
    globalIpv6Address: endpoint.GlobalIPv6Address,
    globalIpv6PrefixLength: endpoint.GlobalIPv6PrefixLen,
    ipv6Gateway: endpoint.IPv6Gateway,
    macAddress: endpoint.MacAddress,
  }));
}

function ports(info: Docker.ContainerInspectInfo): Values[] {
  const internal = (key: string): number => Number.parseInt(key, 10);
  return Object.entries(info.NetworkSettings.Ports ?? {})
    .sort(([a], [b]) => internal(a) - internal(b))
    .flatMap(([key, bindings]) =>
      ((bindings as { HostIp: string; HostPort: string }[] | null) ?? []).map((binding) => ({
        internal: internal(key),
        external: Number(binding.HostPort),
        ip: binding.HostIp,
        protocol: key.split("/")[1] ?? "tcp",
      })),
    );
}

/** The path inside is shown only where the program gave one. */
function devices(found: Docker.DeviceMapping[] | null | undefined, given: Value | undefined): Values[] {
  const explicit = new Set(
    objects(given)
      .filter((d) => word(d["containerPath"]) !== "")
      .map((d) => word(d["hostPath"])),
  );
  return (found ?? []).map((device) => ({
    hostPath: device.PathOnHost,
    containerPath: explicit.has(device.PathOnHost) ? device.PathInContainer : "",
    permissions: device.CgroupPermissions,
  }));
}

function mountState(mount: Docker.MountSettings): Values {
  const driver = mount.VolumeOptions?.DriverConfig;
  return {
    target: mount.Target,
    source: mount.Source ?? "",
    type: mount.Type,
    readOnly: mount.ReadOnly ?? false,
    bindOptions: mount.BindOptions ? { propagation: mount.BindOptions.Propagation ?? "" } : null,
    volumeOptions: mount.VolumeOptions
      ? {
          noCopy: mount.VolumeOptions.NoCopy ?? false,
          labels: Object.entries(mount.VolumeOptions.Labels ?? {}).map(([label, value]) => ({ label, value })),
          driverName: driver?.Name ?? "",
          driverOptions: driver?.Options ?? null,
          subpath: (mount.VolumeOptions as { Subpath?: string }).Subpath ?? "",
        }
      : null,
    tmpfsOptions: mount.TmpfsOptions
      ? { sizeBytes: mount.TmpfsOptions.SizeBytes ?? 0, mode: mount.TmpfsOptions.Mode ?? 0 }
      : null,
  };
}
