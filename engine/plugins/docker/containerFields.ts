/** The properties of Container, as terraform-provider-docker 4.5 (pulumi-docker 5.2.0) has them. */
import {
  blocks,
  blockSet,
  bool,
  computed,
  dictionary,
  int,
  labels,
  output,
  replaces,
  required,
  text,
  texts,
  textSet,
  type Fields,
} from "./schema";

const atLeast =
  (floor: number) =>
  (value: number): string | undefined =>
    value < floor ? `at least ${floor}` : undefined;
const matching =
  (pattern: RegExp, example: string) =>
  (value: string): string | undefined =>
    pattern.test(value) ? undefined : example;
const oneOf = (...allowed: string[]) =>
  matching(new RegExp(`^(${allowed.join("|")})$`), `one of ${allowed.join(", ")}`);

const duration = matching(/^0$|^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/, 'a duration, as "1m30s"');
const throttled = () => blockSet({ path: text(required), rate: int({ ...required, check: atLeast(0) }) });
const replaced = { ...required, ...replaces };
const given = { ...computed, ...replaces };

const mounts = blockSet(
  {
    target: text(required),
    source: text(),
    type: text({ ...required, check: oneOf("bind", "volume", "tmpfs") }),
    readOnly: bool(),
    bindOptions: blocks(
      { propagation: text({ check: oneOf("private", "rprivate", "shared", "rshared", "slave", "rslave") }) },
      { one: true },
    ),
    volumeOptions: blocks(
      { noCopy: bool(), labels: labels(), driverName: text(), driverOptions: dictionary(), subpath: text(replaces) },
      { one: true },
    ),
    tmpfsOptions: blocks({ sizeBytes: int(), mode: int() }, { one: true, ...replaces }),
  },
  replaces,
);

const networksAdvanced = blockSet(
  {
    name: text(replaced),
    aliases: textSet(replaces),
    ipv4Address: text(replaces),
    ipv6Address: text(replaces),
    linkLocalIps: textSet(replaces),
    macAddress: text(replaces),
    driverOpts: textSet(replaces),
    gwPriority: int({ ...replaces, check: atLeast(0) }),
  },
  replaces,
);

const uploads = blockSet(
  {
    content: text(replaces),
    contentBase64: text({
      ...replaces,
      check: matching(/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, "base64"),
    }),
    file: text(replaced),
    executable: bool({ ...replaces, default: false }),
    permissions: text({ ...replaces, check: matching(/^0[0-7]{3}$/, 'four octal digits, as "0644"') }),
    source: text(replaces),
    sourceHash: text(replaces),
    owner: text({
      ...replaces,
      shownWhenGiven: true,
      check: matching(/^\d+$/, "a numeric user id (names are looked up by the official plugin only)"),
    }),
    group: text({
      ...replaces,
      shownWhenGiven: true,
      check: matching(/^\d+$/, "a numeric group id (names are looked up by the official plugin only)"),
    }),
  },
  replaces,
);

const healthcheck = blocks(
  {
    tests: texts(),
    interval: text({ default: "0s", check: duration }),
    timeout: text({ default: "0s", check: duration }),
    startPeriod: text({ default: "0s", check: duration }),
    startInterval: text({ default: "0s", check: duration }),
    retries: int({ default: 0, check: atLeast(0) }),
  },
  { one: true, ...computed },
);

export const containerFields: Fields = {
  // what it runs
  name: text(replaced),
  image: text(replaced),
  platform: text(given),
  command: texts(given),
  entrypoints: texts(given),
  envs: textSet(given),
  user: text({ ...replaces, emptyIsUnset: true }),
  workingDir: text({ ...replaces, emptyIsUnset: true }),
  hostname: text(given),
  domainname: text(replaces),
  labels: labels(given),
  tty: bool({ ...replaces, default: false }),
  stdinOpen: bool({ ...replaces, default: false }),
  uploads,
  healthcheck,

  // how it lives: none of these replaces
  rm: bool({ default: false }),
  start: bool({ default: true }),
  wait: bool({ default: false }),
  waitTimeout: int({ default: 60 }),
  attach: bool({ default: false }),
  logs: bool({ default: false }),
  mustRun: bool({ default: true }),
  restart: text({ default: "no", check: oneOf("no", "on-failure", "always", "unless-stopped") }),
  maxRetryCount: int(),
  removeVolumes: bool({ default: true }),
  destroyGraceSeconds: int(),
  init: bool(computed),
  containerReadRefreshTimeoutMilliseconds: int({ default: 15000 }),
  stopSignal: text(given),
  stopTimeout: int(given),

  // what it may do and use
  privileged: bool(replaces),
  capabilities: blockSet({ adds: textSet(replaces), drops: textSet(replaces) }, { one: true, ...replaces }),
  securityOpts: textSet(given),
  runtime: text(given),
  readOnly: bool({ ...replaces, default: false }),
  sysctls: dictionary(replaces),
  ulimits: blockSet({ name: text(replaced), soft: int(replaced), hard: int(replaced) }, replaces),
  groupAdds: textSet(replaces),
  ipcMode: text(given),
  pidMode: text(replaces),
  usernsMode: text(replaces),
  cgroupnsMode: text({ ...replaces, check: oneOf("private", "host") }),
  cgroupParent: text(replaces),
  memory: int({ check: atLeast(0) }),
  memoryReservation: int({ default: 0, check: atLeast(0) }),
  memorySwap: int({ check: atLeast(-1) }),
  shmSize: int({ ...given, check: atLeast(0) }),
  cpus: text(replaces),
  cpuPeriod: int({ check: atLeast(0) }),
  cpuQuota: int({ check: atLeast(0) }),
  cpuShares: int({ check: atLeast(0) }),
  cpuSet: text({ check: matching(/^\d+([,-]\d+)*$/, 'processors, as "0-2,4"') }),
  gpus: text({ ...replaces, missing: true }),
  deviceRequests: blockSet({}, { ...replaces, missing: true }),
  deviceCgroupRules: textSet({ ...replaces, shownWhenGiven: true }),
  devices: blockSet(
    { hostPath: text(replaced), containerPath: text(replaces), permissions: text({ ...replaces, default: "rwm" }) },
    replaces,
  ),
  deviceReadBps: throttled(),
  deviceReadIops: throttled(),
  deviceWriteBps: throttled(),
  deviceWriteIops: throttled(),

  // files and logs
  mounts,
  volumes: blockSet(
    {
      fromContainer: text(replaces),
      containerPath: text(replaces),
      hostPath: text({ ...replaces, check: matching(/^([a-zA-Z]:\\|\/)/, "an absolute path") }),
      volumeName: text(replaces),
      readOnly: bool(replaces),
      selinuxRelabel: text({ ...replaces, check: oneOf("z", "Z") }),
    },
    replaces,
  ),
  tmpfs: dictionary(),
  storageOpts: dictionary(replaces),
  logDriver: text(given),
  logOpts: dictionary(replaces),

  // the network
  networkMode: text({ ...replaces, default: "bridge" }),
  networksAdvanced,
  ports: blocks(
    {
      internal: int(replaced),
      external: int(given),
      ip: text({ ...replaces, default: "0.0.0.0" }),
      protocol: text({ ...replaces, default: "tcp" }),
    },
    replaces,
  ),
  publishAllPorts: bool(replaces),
  hosts: blockSet({ ip: text(replaced), host: text(replaced) }, replaces),
  dns: textSet(replaces),
  dnsOpts: textSet(replaces),
  dnsSearches: textSet(replaces),

  // what only Docker knows
  bridge: text(output),
  exitCode: int(output),
  containerLogs: text(output),
  networkDatas: blocks(
    {
      networkName: text(output),
      ipAddress: text(output),
      ipPrefixLength: int(output),
      gateway: text(output),
      globalIpv6Address: text(output),
      globalIpv6PrefixLength: int(output),
      ipv6Gateway: text(output),
      macAddress: text(output),
    },
    output,
  ),
};
