/** docker:index/container:Container: its life. What is sent to Docker is in containerSpec.ts, what is read from it in containerState.ts. */
import type Docker from "dockerode";
import { difference } from "../difference";
import type { ResourceCall } from "../plugin";
import { isValues, type Values } from "../values";
import { isMissing, reason, trying, until, wait, type Daemon } from "./daemon";
import { findImage } from "./image";
import { count, objects, word, words, type Kind } from "./kind";
import { container as schema } from "./schemas";
import { createOptions, resources, restartPolicy } from "./containerSpec";
import { containerState } from "./containerState";
import { uploadAll } from "./upload";

/** A container that ends at once is to be seen as stopped by the run that made it: it gets this long to end. */
const settleMilliseconds = 100;

export const container: Kind = {
  schema,

  async create(daemon, plan, call, made) {
    const image = word(plan["image"]);
    await trying(`Unable to create container with image ${image}`, () => findImage(daemon, image, "", call.signal));
    if (objects(plan["mounts"]).some((mount) => isValues(mount["volumeOptions"]))) await needSubpaths(daemon);
    const options = createOptions(plan);
    call.signal.throwIfAborted();
    const created = await trying("Unable to create container", () => daemon.docker.createContainer(options));
    made(created.id);
    await connectNetworks(daemon, created, plan);
    await uploadAll(created, objects(plan["uploads"]));
    if (plan["start"] === true) await start(created, plan, call);
    if (plan["attach"] === true) {
      await created.wait({ condition: "not-running", abortSignal: call.signal });
      if (plan["logs"] === true) plan["containerLogs"] = await logs(created, plan["tty"] === true);
    }
  },

  async read({ docker }, id, state) {
    try {
      const info = await docker.getContainer(id).inspect();
      return { id: info.Id, seen: containerState(info, state) };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw new Error(`Unable to inspect container: ${reason(error)}`, { cause: error });
    }
  },

  async update({ docker }, id, olds, plan) {
    const handle = docker.getContainer(id);
    if (olds["mustRun"] === false && plan["mustRun"] === true && plan["start"] === true)
      await trying("Unable to start container", () => startUnlessRunning(handle));
    const changed = Object.keys(difference(pick(olds), pick(plan))).length > 0;
    if (!changed) return; // everything else is only written down
    await trying("Unable to update a container", () =>
      handle.update({ ...resources(plan), RestartPolicy: restartPolicy(plan) }),
    );
  },

  async remove({ docker }, id, state) {
    const handle = docker.getContainer(id);
    if (state["attach"] !== true)
      await trying(`Error stopping container ${id}`, () =>
        unlessGone(handle.stop({ t: Math.max(0, count(state["destroyGraceSeconds"])) })),
      );
    await trying(`Error deleting container ${id}`, () =>
      unlessGone(handle.remove({ v: state["removeVolumes"] !== false, force: true })),
    );
    await trying(`Error waiting for container removal '${id}'`, () =>
      unlessGone(handle.wait({ condition: "removed" })),
    );
  },
};

/** terraform-provider-docker 4.5 takes no options of a volume at all where Docker cannot mount a part of one. */
async function needSubpaths({ docker }: Daemon): Promise<void> {
  const { ApiVersion } = await docker.version();
  const [major = 0, minor = 0] = ApiVersion.split(".").map(Number);
  if (major < 1 || (major === 1 && minor < 45))
    throw new Error(
      `Setting VolumeOptions.Subpath requires docker version 1.45 or higher (the daemon has ${ApiVersion}): ` +
        "leave volumeOptions out of mounts",
    );
}

/** What Docker can change in a container that exists (the rest that does not replace has no effect there, terraform-provider-docker 4.5). */
const changeable = [
  "restart",
  "maxRetryCount",
  "cpuShares",
  "memory",
  "memoryReservation",
  "cpuSet",
  "memorySwap",
  "deviceReadBps",
  "deviceReadIops",
  "deviceWriteBps",
  "deviceWriteIops",
];
/** Zero, an empty text, an empty list and nothing are one and the same to Docker. */
const pick = (values: Values): Values =>
  Object.fromEntries(
    changeable.map((key) => {
      const value = values[key] ?? null;
      const unset = value === 0 || value === "" || (Array.isArray(value) && value.length === 0);
      return [key, unset ? null : value];
    }),
  );

/** Given networks take the place of the default bridge, on which the container was made. */
async function connectNetworks({ docker }: Daemon, created: Docker.Container, plan: Values): Promise<void> {
  const networks = objects(plan["networksAdvanced"]);
  if (networks.length === 0) return;
  await trying("Unable to disconnect the default network", async () => {
    try {
      await docker.getNetwork("bridge").disconnect({ Container: created.id, Force: false });
    } catch (error) {
      if (
        !reason(error).includes("is not connected to the network bridge") &&
        !reason(error).includes("is not connected to network bridge")
      )
        throw error;
    }
  });
  for (const network of networks) {
    const name = word(network["name"]);
    const options = words(network["driverOpts"]).flatMap((option) => {
      const at = option.indexOf("=");
      return at < 0 ? [] : [[option.slice(0, at), option.slice(at + 1)] as const];
    });
    const endpoint = {
      Aliases: words(network["aliases"]),
      IPAMConfig: {
        IPv4Address: word(network["ipv4Address"]),
        IPv6Address: word(network["ipv6Address"]),
        LinkLocalIPs: words(network["linkLocalIps"]),
      },
      MacAddress: word(network["macAddress"]),
      DriverOpts: Object.fromEntries(options),
      ...(count(network["gwPriority"]) === 0 ? {} : { GwPriority: count(network["gwPriority"]) }),
    };
    await trying(`Unable to connect to network '${name}'`, () =>
      docker
        .getNetwork(name)
        .connect({ Container: created.id, EndpointConfig: endpoint as unknown as Docker.EndpointSettings }),
    );
  }
}

async function start(created: Docker.Container, plan: Values, { signal, status }: ResourceCall): Promise<void> {
  await trying("Unable to start container", () => created.start());
  if (plan["wait"] === true) return untilHealthy(created, count(plan["waitTimeout"]), signal, status);
  const settled = new AbortController();
  const ended = created.wait({ condition: "not-running", abortSignal: settled.signal }).catch(() => undefined);
  await Promise.race([ended, wait(settleMilliseconds, signal)]);
  settled.abort();
}

async function untilHealthy(
  created: Docker.Container,
  seconds: number,
  signal: AbortSignal,
  status: ResourceCall["status"],
): Promise<void> {
  status("waiting until the container is healthy");
  const healthy = async (): Promise<boolean> => {
    const { State } = await trying("error inspecting container state", () => created.inspect());
    if (!State.Health)
      throw new Error(
        "you have supplied a 'wait' argument, but the container does not have a healthcheck defined. " +
          "Please remove the 'wait' argument or add a 'healthcheck' attribute",
      );
    return State.Health.Status === "healthy";
  };
  await until(healthy, { seconds, signal, late: "container failed to be in healthy state" });
}

async function startUnlessRunning(handle: Docker.Container): Promise<void> {
  try {
    await handle.start();
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 304) throw error;
  }
}

/** Success too when it does not exist, is stopped already, or is on its way out. */
async function unlessGone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const { statusCode } = error as { statusCode?: number };
    if (statusCode !== 304 && !isMissing(error) && !reason(error).includes("is already in progress")) throw error;
  }
}

async function logs(created: Docker.Container, tty: boolean): Promise<string> {
  const raw = await created.logs({ stdout: true, stderr: true, follow: false });
  if (tty) return raw.toString();
  // Without a terminal each piece has a header of eight bytes: the stream, and how long the piece is.
  const pieces: Buffer[] = [];
  for (let at = 0; at + 8 <= raw.length;) {
    const end = at + 8 + raw.readUInt32BE(at + 4);
    pieces.push(raw.subarray(at + 8, end));
    at = end;
  }
  return Buffer.concat(pieces).toString();
}
