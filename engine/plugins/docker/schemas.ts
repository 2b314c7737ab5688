/** The properties of Network, Volume, RemoteImage and Tag, as terraform-provider-docker 4.5 (pulumi-docker 5.2.0) has them. */
import { containerFields } from "./containerFields";
import {
  blocks,
  blockSet,
  bool,
  computed,
  dictionary,
  labels,
  output,
  replaces,
  required,
  text,
  textSet,
  type Schema,
} from "./schema";

/** Terraform keeps default time limits in the private state, in nanoseconds under this name. */
const limits = (seconds: number): string => {
  const nanoseconds = seconds * 1e9;
  return `"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"create":${nanoseconds},"delete":${nanoseconds},"update":${nanoseconds}}`;
};
const twentyMinutes = limits(1200);

export const network: Schema = {
  type: "docker:index/network:Network",
  meta: `{"schema_version":"1"}`,
  named: true,
  fields: {
    name: text({ ...required, ...replaces }),
    labels: labels(replaces),
    driver: text({ ...computed, ...replaces }),
    options: dictionary({ ...computed, ...replaces }),
    internal: bool({ ...computed, ...replaces }),
    attachable: bool(replaces),
    ingress: bool(replaces),
    ipv6: bool(replaces),
    ipamDriver: text({ ...replaces, default: "default" }),
    ipamOptions: dictionary(replaces),
    ipamConfigs: blockSet(
      {
        subnet: text(replaces),
        ipRange: text(replaces),
        gateway: text(replaces),
        auxAddress: dictionary(replaces),
      },
      { ...computed, ...replaces },
    ),
    scope: text(output),
  },
};

export const volume: Schema = {
  type: "docker:index/volume:Volume",
  meta: `{"schema_version":"1"}`,
  named: true,
  fields: {
    name: text({ ...computed, ...replaces }),
    labels: labels(replaces),
    driver: text({ ...computed, ...replaces }),
    driverOpts: dictionary(replaces),
    mountpoint: text(output),
    cluster: blocks({}, { one: true, missing: true }),
  },
};

export const remoteImage: Schema = {
  type: "docker:index/remoteImage:RemoteImage",
  meta: `{${twentyMinutes}}`,
  fields: {
    name: text({ ...required, ...replaces }),
    imageId: text(output),
    repoDigest: text(output),
    keepLocally: bool(),
    pullTriggers: textSet(replaces),
    forceRemove: bool(),
    build: blockSet({}, { one: true, missing: true }),
    triggers: dictionary(replaces),
    platform: text({ ...replaces, default: "" }),
  },
};

export const tag: Schema = {
  type: "docker:index/tag:Tag",
  meta: "{}",
  fields: {
    sourceImage: text({ ...required, ...replaces }),
    sourceImageId: text(output),
    targetImage: text({ ...required, ...replaces }),
    tagTriggers: textSet(replaces),
  },
};

export const container: Schema = {
  type: "docker:index/container:Container",
  meta: `{${twentyMinutes},"schema_version":"2"}`,
  named: true,
  deleteBeforeReplace: true,
  fields: containerFields,
};

export const schemas: Readonly<Record<string, Schema>> = Object.fromEntries(
  [network, volume, remoteImage, tag, container].map((schema) => [schema.type, schema]),
);
