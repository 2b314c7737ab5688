/** docker:index/network:Network. All of it replaces; there is no update. */
import { isMissing, reason, trying, until } from "./daemon";
import { labelList, labelMap, mapping, objects, word, type Kind } from "./kind";
import { network as schema } from "./schemas";

/** How long a network that still has endpoints is waited for (terraform-provider-docker 4.5). */
const removeSeconds = 30;

export const network: Kind = {
  schema,

  async create({ docker }, plan, _call, made) {
    const driver = word(plan["driver"]);
    const options = mapping(plan["options"]);
    const created = await trying("Unable to create network", () =>
      docker.createNetwork({
        Name: word(plan["name"]),
        CheckDuplicate: true, // names of networks are not unique to Docker before API 1.44
        ...(driver === "" ? {} : { Driver: driver }),
        Internal: plan["internal"] === true,
        Attachable: plan["attachable"] === true,
        Ingress: plan["ingress"] === true,
        EnableIPv6: plan["ipv6"] === true,
        ...(options ? { Options: options } : {}),
        Labels: labelMap(plan["labels"]),
        IPAM: {
          Driver: word(plan["ipamDriver"]),
          Options: mapping(plan["ipamOptions"]) ?? {},
          Config: objects(plan["ipamConfigs"]).map((config) => ({
            ...field("Subnet", word(config["subnet"])),
            ...field("IPRange", word(config["ipRange"])),
            ...field("Gateway", word(config["gateway"])),
            AuxiliaryAddresses: mapping(config["auxAddress"]) ?? {},
          })),
        },
      }),
    );
    made(created.id);
  },

  async read({ docker }, id) {
    try {
      const info = await docker.getNetwork(id).inspect();
      return {
        id: info.Id,
        seen: {
          name: info.Name,
          labels: labelList(info.Labels),
          driver: info.Driver,
          internal: info.Internal,
          attachable: info.Attachable,
          ingress: info.Ingress,
          ipv6: info.EnableIPv6,
          ipamDriver: info.IPAM?.Driver ?? "default",
          ipamOptions: info.IPAM?.Options ?? {},
          scope: info.Scope,
          options: info.Options ?? {},
          ipamConfigs: (info.IPAM?.Config ?? []).map((config) => ({
            subnet: config["Subnet"] ?? "",
            ipRange: config["IPRange"] ?? "",
            gateway: config["Gateway"] ?? "",
            auxAddress: (config as { AuxiliaryAddresses?: Record<string, string> }).AuxiliaryAddresses ?? {},
          })),
        },
      };
    } catch (error) {
      // The official plugin takes any failure here for "gone" and forgets the network; a daemon that does not answer is no reason.
      if (isMissing(error)) return undefined;
      throw new Error(`Unable to inspect network: ${reason(error)}`, { cause: error });
    }
  },

  async remove({ docker }, id, _state, { signal }) {
    const gone = async (): Promise<boolean> => {
      try {
        await docker.getNetwork(id).remove();
        return true;
      } catch (error) {
        if (isMissing(error)) return true;
        if (reason(error).includes("has active endpoints")) return false;
        throw new Error(`Unable to remove network: ${reason(error)}`, { cause: error });
      }
    };
    const late = `timeout while waiting for state to become 'removed' (last state: 'pending', timeout: ${removeSeconds}s): network ${id} has active endpoints`;
    await until(gone, { seconds: removeSeconds, signal, late });
  },
};

const field = (key: string, value: string): Record<string, string> => (value === "" ? {} : { [key]: value });
