/**
 * The parts of core Kubernetes objects that a reading looks at. Open: everything else in them is left alone. They only
 * keep a malformed manifest from being read as something it does not say.
 */
import { list, object, strings, text, flag, type Schema } from "./schema";

const open = { open: true };

export const metadataSchema: Schema = object(
  { name: text({ minLength: 1, maxLength: 253 }), namespace: text(), labels: strings(), annotations: strings() },
  ["name"],
  open,
);

export const nodeSchema: Schema = object(
  {
    spec: object({ podCIDR: text(), podCIDRs: list(text()) }, [], open),
    status: object(
      {
        addresses: list(object({ type: text(), address: text() }, ["type", "address"], open)),
        conditions: list(object({ type: text(), status: text() }, ["type", "status"], open)),
      },
      [],
      open,
    ),
  },
  [],
  open,
);

export const serviceSchema: Schema = object(
  {
    spec: object(
      {
        type: text({ enum: ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"] }),
        clusterIP: text(),
        clusterIPs: list(text()),
        externalIPs: list(text()),
        loadBalancerIP: text(),
        loadBalancerClass: text(),
        ipFamilies: list(text()),
        externalTrafficPolicy: text({ enum: ["Cluster", "Local"] }),
        internalTrafficPolicy: text({ enum: ["Cluster", "Local"] }),
      },
      [],
      open,
    ),
    status: object(
      {
        loadBalancer: object({ ingress: list(object({ ip: text(), hostname: text() }, [], open)) }, [], open),
      },
      [],
      open,
    ),
  },
  ["spec"],
  open,
);

export const endpointSliceSchema: Schema = object(
  {
    addressType: text(),
    endpoints: list(
      object(
        {
          addresses: list(text()),
          nodeName: text(),
          conditions: object({ ready: flag(), serving: flag(), terminating: flag() }, [], open),
        },
        [],
        open,
      ),
    ),
  },
  ["addressType"],
  open,
);
