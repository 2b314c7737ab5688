/** docker:index/tag:Tag: another name for an image in the local store. Docker is asked once, at its creation; it is never taken away. */
import { findImage } from "./image";
import { trying } from "./daemon";
import { word, type Kind } from "./kind";
import { tag as schema } from "./schemas";

export const tag: Kind = {
  schema,

  async create(daemon, plan, { signal }, made) {
    const [source, target] = [word(plan["sourceImage"]), word(plan["targetImage"])];
    const { repository, label } = parted(target);
    await trying("failed to create docker tag", () =>
      daemon.docker.getImage(source).tag({ repo: repository, tag: label }),
    );
    plan["sourceImageId"] = (await findImage(daemon, source, "", signal)).Id;
    made(`${source}.${target}`);
  },

  // The state is the answer: a name that was given to another image meanwhile is not seen (terraform-provider-docker 4.5).
  read: (_daemon, id, state) => Promise.resolve({ id, seen: { sourceImageId: state["sourceImageId"] ?? null } }),

  remove: () => Promise.resolve(),
};

/** "registry:5000/team/image:1" is the repository and its label; without one it is "latest". */
export function parted(name: string): { repository: string; label: string } {
  const colon = name.lastIndexOf(":");
  return colon > name.lastIndexOf("/")
    ? { repository: name.slice(0, colon), label: name.slice(colon + 1) }
    : { repository: name, label: "latest" };
}
