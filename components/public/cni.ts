/** `bgpfabric/cni`: a cluster's intent as a CNI's objects, and Kubernetes objects as speakers. Pure; without Pulumi. */
export { CNIS, cniOf, type CniName } from "../cni";
export * from "../cni/choices";
export type { Cni, CniSettings, NodeMark, WriteOptions, Written } from "../cni/cni";
export type { CustomResourceDefinition, OpenApi } from "../cni/crds/crd";
export type { Rule as SchemaRule, Schema } from "../cni/crds/schema";
export type * from "../cni/intent";
export { mergeIntents } from "../cni/merge";
export { loadManifests, readDocuments, type Document } from "../cni/load";
export type * from "../cni/objects";
export type { ComparedPools, Installed, Right, Shown } from "../cni/installed";
export type { CniReading } from "../cni/reading";
export type { ObjectFinding, Severity } from "../cni/finding";
export type { CniOptions, NodeAddresses, NodePlace } from "../cni/place";
export type { Interface, Segment, Source, Speaker } from "../bgp/network";
export type { LabelSelector } from "../model/labelSelector";
export type { Address, AddressFamily } from "../model/address";
export { orThrow, printFault, UserError, type Fault, type Result } from "../model/errors";
