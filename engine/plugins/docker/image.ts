/** docker:index/remoteImage:RemoteImage: an image in the local store, pulled when it is not there. It builds nothing. */
import type Docker from "dockerode";
import { isMissing, reason, trying, type Daemon } from "./daemon";
import { word, type Kind } from "./kind";
import { remoteImage as schema } from "./schemas";

const unreadable = "Unable to read Docker image into resource";

export const remoteImage: Kind = {
  schema,

  async create(daemon, plan, { signal }, made) {
    const name = word(plan["name"]);
    const found = await trying(unreadable, () => findImage(daemon, name, word(plan["platform"]), signal));
    made(found.Id + name);
  },

  async read(daemon, _id, state) {
    const name = word(state["name"]);
    // An import has no name yet, and the official plugin does not take one from the id.
    const found = name === "" ? undefined : await localImage(daemon, name);
    if (!found) return undefined;
    return { id: found.Id + name, seen: { imageId: found.Id, repoDigest: repoDigest(name, found.RepoDigests) } };
  },

  async update(daemon, _id, _olds, plan, { signal }) {
    await trying(unreadable, () => findImage(daemon, word(plan["name"]), word(plan["platform"]), signal));
  },

  async remove(daemon, _id, state) {
    if (state["keepLocally"] === true) return;
    const name = word(state["name"]);
    if (!(await localImage(daemon, name))) return;
    await trying("Unable to remove Docker image", async () => {
      try {
        await daemon.docker.getImage(name).remove({ force: state["forceRemove"] === true });
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    });
  },
};

/** The image of that name in the local store, pulled first when it is not there. */
export async function findImage(
  daemon: Daemon,
  name: string,
  platform: string,
  signal: AbortSignal,
): Promise<Docker.ImageInspectInfo> {
  const local = await localImage(daemon, name);
  if (local) return local;
  await trying(`unable to pull image ${name}`, () =>
    trying(`error pulling image ${name}`, () => pull(daemon, name, platform, signal)),
  );
  const pulled = await localImage(daemon, name);
  if (!pulled) throw new Error(`unable to find or pull image ${name}`);
  return pulled;
}

async function localImage({ docker }: Daemon, name: string): Promise<Docker.ImageInspectInfo | undefined> {
  try {
    return await docker.getImage(name).inspect();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new Error(`unable to inspect image ${name}: ${reason(error)}`, { cause: error });
  }
}

async function pull(
  { docker, registries }: Daemon,
  name: string,
  platform: string,
  signal: AbortSignal,
): Promise<void> {
  const registry = registryOf(name);
  const authconfig = registries.get(registry);
  const stream = await docker.pull(name, {
    abortSignal: signal,
    ...(platform === "" ? {} : { platform }),
    ...(authconfig ? { authconfig: { ...authconfig, serveraddress: registry } } : {}),
  });
  await new Promise<void>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve()));
  });
}

/** The registry's host, as in "registry.example:5000/team/image:1"; Docker's own without one. */
function registryOf(name: string): string {
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  return /[.:]/.test(first) || first === "localhost" || name.split("/").length > 2 ? first : "registry-1.docker.io";
}

/** The digest under which the image is known where `name` says it comes from. */
function repoDigest(name: string, digests: string[] | null | undefined): string {
  if (!digests || digests.length === 0) return "";
  const colon = name.indexOf(":");
  const repository = colon < 0 ? name : name.slice(0, colon);
  return (digests.length === 1 ? digests[0] : (digests.find((d) => d.startsWith(repository)) ?? digests[0])) ?? "";
}
