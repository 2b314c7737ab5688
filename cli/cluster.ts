/** Which CNI reads a cluster's objects, and the settings of it that stand in no object: flags, Helm values, modes. */
import Ajv from "ajv";
import { parse } from "yaml";
import { readCalico } from "../components/cni/calico";
import { readCilium } from "../components/cni/cilium";
import { readKubeRouter } from "../components/cni/kubeRouter";
import { readMetallb } from "../components/cni/metallb";
import type { ClusterObjects } from "../components/cni/objects";
import type { CniOptions } from "../components/cni/place";
import type { CniReading } from "../components/cni/reading";
import { fail, ok, type Result } from "../components/model/errors";
import { readText } from "./files";

interface Cni {
  read: (objects: ClusterObjects, options: CniOptions) => CniReading;
  /** What a settings file may hold, by name. */
  settings: Record<string, unknown>;
}

const text = { type: "string" };
const flag = { type: "boolean" };
const number = { type: "integer", minimum: 0, maximum: 4294967295 };
const texts = { type: "array", items: text };

export const CNIS: Readonly<Record<string, Cni>> = {
  calico: { read: readCalico, settings: { namespace: text } },
  cilium: { read: readCilium, settings: { secretsNamespace: text } },
  metallb: { read: readMetallb, settings: { mode: { enum: ["native", "frr", "frr-k8s"] }, namespace: text } },
  "kube-router": {
    read: readKubeRouter,
    settings: {
      ...{ clusterAsn: number, fullMesh: flag, ibgp: flag, multihopTtl: number, port: number, holdTime: number },
      ...{ advertisePodCidr: flag, advertiseClusterIp: flag, advertiseExternalIp: flag, advertiseLoadBalancerIp: flag },
      ...{ overrideNextHop: flag, overlay: flag, strictExternalIps: flag },
      ...{ externalIpRanges: texts, loadBalancerIpRanges: texts },
      gracefulRestart: { type: "object", properties: { restartTime: number }, additionalProperties: false },
      peerRouters: {
        type: "array",
        items: {
          type: "object",
          properties: { address: text, asn: number, port: number },
          required: ["address", "asn"],
          additionalProperties: false,
        },
      },
    },
  },
};

export interface ClusterChoice {
  cni?: string;
  cniVersion?: string;
  cniSettings?: string;
  cluster?: string;
}

export function readCluster(
  objects: ClusterObjects,
  choice: ClusterChoice,
  where: Pick<CniOptions, "segments" | "nodes">,
): Result<CniReading> {
  const names = Object.keys(CNIS).join(", ");
  if (choice.cni === undefined) {
    const fix = "say --cni, for instance --cni calico";
    return fail({ path: "--cni", found: "", expected: `the cluster's CNI: ${names}`, fix });
  }
  const cni = CNIS[choice.cni];
  if (cni === undefined) return fail({ path: "--cni", found: choice.cni, expected: `one of ${names}` });
  const settings = readSettings(choice.cniSettings, cni);
  if (!settings.ok) return settings;
  return ok(
    cni.read(objects, {
      ...settings.value,
      ...where,
      ...(choice.cniVersion === undefined ? {} : { version: choice.cniVersion }),
      ...(choice.cluster === undefined ? {} : { cluster: choice.cluster }),
    }),
  );
}

function readSettings(file: string | undefined, { settings }: Cni): Result<object> {
  if (file === undefined) return ok({});
  const read = readText(file);
  if (!read.ok) return read;
  let value: unknown;
  try {
    value = parse(read.value.text, { maxAliasCount: 100, logLevel: "error" });
  } catch (error) {
    return fail({ path: "", file, found: "no YAML", expected: (error as Error).message.split("\n")[0] ?? "YAML" });
  }
  const validate = new Ajv({ allErrors: true, strict: false }).compile<object>({
    type: "object",
    properties: settings,
    additionalProperties: false,
  });
  if (validate(value)) return ok(value);
  return {
    ok: false,
    faults: (validate.errors ?? []).map((error) => {
      const { additionalProperty } = error.params as { additionalProperty?: string };
      return {
        path: additionalProperty ?? error.instancePath.slice(1).replaceAll("/", "."),
        file,
        found: additionalProperty ?? "",
        expected:
          additionalProperty === undefined
            ? `a value that ${error.message ?? "fits"}`
            : `one of ${Object.keys(settings).join(", ")}`,
      };
    }),
  };
}
