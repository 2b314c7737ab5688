/** docker:index/volume:Volume. All of it replaces; there is no update. */
import { isMissing, reason, trying, until } from "./daemon";
import { labelList, labelMap, mapping, word, type Kind } from "./kind";
import { volume as schema } from "./schemas";

/** How long a volume in use is waited for (terraform-provider-docker 4.5). */
const removeSeconds = 30;

export const volume: Kind = {
  schema,

  async create({ docker }, plan, _call, made) {
    const driver = word(plan["driver"]);
    const driverOpts = mapping(plan["driverOpts"]);
    const created: { Name?: string; name?: string } = await trying("Unable to create volume", () =>
      docker.createVolume({
        Name: word(plan["name"]),
        Labels: labelMap(plan["labels"]),
        ...(driver === "" ? {} : { Driver: driver }),
        ...(driverOpts ? { DriverOpts: driverOpts } : {}),
      }),
    );
    made(created.Name ?? created.name ?? word(plan["name"]));
  },

  async read({ docker }, id) {
    try {
      const info = await docker.getVolume(id).inspect();
      return {
        id,
        seen: {
          name: info.Name,
          labels: labelList(info.Labels),
          driver: info.Driver,
          driverOpts: info.Options ?? {},
          mountpoint: info.Mountpoint,
        },
      };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw new Error(`Unable to inspect volume: ${reason(error)}`, { cause: error });
    }
  },

  async remove({ docker }, id, _state, { signal }) {
    const gone = async (): Promise<boolean> => {
      try {
        await docker.getVolume(id).remove({ force: true });
        return true;
      } catch (error) {
        if (isMissing(error)) return true;
        if (reason(error).includes("volume is in use")) return false;
        throw new Error(`Unable to remove volume: ${reason(error)}`, { cause: error });
      }
    };
    const late = `timeout while waiting for state to become 'removed' (last state: 'in_use', timeout: ${removeSeconds}s): volume ${id} is in use`;
    await until(gone, { seconds: removeSeconds, signal, late });
  },
};
