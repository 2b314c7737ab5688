/** A router as a container on its segments. Its configuration is LiveNetwork's, pushed in place. */
import { Container } from "@pulumi/docker/container";
import * as pulumi from "@pulumi/pulumi";
import { familyOf } from "../../model/address";
import { UserError } from "../../model/errors";
import { CONTAINERS, type ContainerSystem } from "../../plan/containers";
import type { RouterPlan } from "../../plan/router";
import type { RouterHandle } from "../handles";
import { labImage } from "../image";
import { labLabels, labName } from "../names";

export interface RouterContainer {
  image: pulumi.Input<string> | undefined;
  /** Docker networks by segment name. */
  networks: Readonly<Record<string, pulumi.Input<string>>>;
  /** The component that the image is named after. */
  owner: string;
  parent: pulumi.Resource;
}

export function routerContainer(
  resource: string,
  { name, system, facts, ports, speaker }: RouterPlan,
  { image, networks, owner, parent }: RouterContainer,
): RouterHandle {
  const { command, uploads, capabilities, sysctls, environment, privileged, stopSignal } = CONTAINERS[system].start(
    speaker,
    {
      bfd: facts.bfd === true,
      links: Object.fromEntries(ports.filter(isUnnumbered).map(({ segment, address }) => [segment, address])),
    },
  );
  mustHaveImage(system, image, owner);
  if (privileged === true) {
    void pulumi.log.warn(
      `${name} runs as a privileged container: cEOS can do what root of this machine can; run images that you trust`,
      parent,
    );
  }
  const container = new Container(
    resource,
    {
      name: labName(name),
      hostname: name,
      image: labImage(owner, image, parent),
      command,
      uploads,
      capabilities: { adds: capabilities },
      sysctls,
      ...(environment === undefined ? {} : { envs: environment }),
      ...(privileged === undefined ? {} : { privileged }),
      ...(stopSignal === undefined ? {} : { stopSignal }),
      networksAdvanced: ports.map(({ segment, address, address6 }) => {
        const network = networks[segment];
        if (network === undefined) throw new Error(`the segment ${segment} has no network`);
        return { name: network, ...dockerAddresses(address, address6) };
      }),
      restart: "unless-stopped",
      // Long enough for a Cease to every neighbor.
      destroyGraceSeconds: 5,
      labels: labLabels("router"),
    },
    { parent },
  );
  return { ...facts, reach: { by: "docker", container: container.id } };
}

function isUnnumbered({ unnumbered }: RouterPlan["ports"][number]): boolean {
  return unnumbered === true;
}

/** Of a container on a network, as Docker takes them. */
export function dockerAddresses(
  address: string,
  address6: string | undefined,
): { ipv4Address?: string; ipv6Address?: string } {
  if (familyOf(address) === "ipv6") return { ipv6Address: address };
  return { ipv4Address: address, ...(address6 === undefined ? {} : { ipv6Address: address6 }) };
}

/** The lab's image has no system whose image nobody may hand out. */
export function mustHaveImage(system: ContainerSystem, image: pulumi.Input<string> | undefined, owner: string): void {
  const { usersImage } = CONTAINERS[system];
  if (usersImage === undefined || image !== undefined) return;
  const fix = `name one that you have: ${usersImage}`;
  throw new UserError([{ path: `${owner}: image`, found: "", expected: "an image of cEOS", fix }]);
}
