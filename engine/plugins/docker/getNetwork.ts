/** docker:index/getNetwork:getNetwork: what Docker says of a network that the program did not make. */
import type { Values } from "../values";
import { reason, type Daemon } from "./daemon";
import { word } from "./kind";

export async function getNetwork({ docker }: Daemon, args: Values): Promise<Values> {
  const name = word(args["name"]);
  if (name === "") throw new Error("docker:index/getNetwork:getNetwork needs name");
  try {
    const info = await docker.getNetwork(name).inspect();
    const endpoints = Object.entries(info.Containers ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      id: info.Id,
      name: info.Name,
      driver: info.Driver,
      scope: info.Scope,
      internal: info.Internal,
      options: info.Options ?? {},
      ipamConfigs: (info.IPAM?.Config ?? []).map((config) => ({
        subnet: config["Subnet"] ?? "",
        gateway: config["Gateway"] ?? "",
        ipRange: config["IPRange"] ?? "",
        auxAddress: (config as { AuxiliaryAddresses?: Record<string, string> }).AuxiliaryAddresses ?? {},
      })),
      containers: endpoints.map(([containerId, endpoint]) => ({
        containerId,
        name: endpoint.Name,
        endpointId: endpoint.EndpointID,
        macAddress: endpoint.MacAddress,
        ipv4Address: endpoint.IPv4Address,
        ipv6Address: endpoint.IPv6Address,
      })),
    };
  } catch (error) {
    throw new Error(`Could not find docker network: ${reason(error)}`, { cause: error });
  }
}
