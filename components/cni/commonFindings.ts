/** Traps that every CNI shares: a LoadBalancer Service that no node announces, a password whose Secret was not given. */
import type { Speaker } from "../bgp/network";
import { parseAddress } from "../model/address";
import { containsAddress, parsePrefix } from "../model/prefix";
import { nameSome, type ObjectFinding } from "./finding";
import { nameOf, serviceKey, slicesByService, type ClusterObjects, type EndpointSlice, type Service } from "./objects";

/** `fromSecrets`: the CNI reads passwords from Secrets, and not from annotations or files of its own. */
export function commonFindings(
  objects: ClusterObjects,
  speakers: readonly Speaker[],
  cni: string,
  fromSecrets = true,
): ObjectFinding[] {
  const passwords = fromSecrets ? passwordFindings(objects, speakers, cni) : [];
  return [...serviceFindings(objects, speakers, cni), ...passwords];
}

/** What the CNI has to be told so that it announces such an address. */
const HOW: Readonly<Record<string, string>> = {
  calico: "list a range that holds it under serviceLoadBalancerIPs of the BGPConfiguration",
  cilium:
    "let a CiliumBGPAdvertisement of type Service with LoadBalancerIP select the Service, and a peer's configuration that advertisement",
  metallb: "let a BGPAdvertisement name the IPAddressPool that holds it",
  "kube-router": "set --advertise-loadbalancer-ip, or the annotation kube-router.io/service.advertise.loadbalancer",
};

function serviceFindings(objects: ClusterObjects, speakers: readonly Speaker[], cni: string): ObjectFinding[] {
  const announced = speakers.flatMap(announcedBy);
  const slices = slicesByService(objects.endpointSlices ?? []);
  return (objects.services ?? []).flatMap((service): ObjectFinding[] => {
    if (service.spec.type !== "LoadBalancer") return [];
    const why = reason(
      service,
      announced,
      objects.endpointSlices === undefined ? undefined : (slices.get(serviceKey(service)) ?? []),
    );
    if (why === undefined) return [];
    const source = objects.sources?.[nameOf(service)];
    return [
      {
        id: `${cni}/service-not-announced`,
        severity: "warning",
        object: nameOf(service),
        sentence: `${nameOf(service)} is a LoadBalancer and no node announces it: ${why.sentence}`,
        fix: why.fix ?? HOW[cni] ?? "announce its address",
        ...(source === undefined ? {} : { source }),
      },
    ];
  });
}

/** Prefixes that a node's own routes and statements hold for others to hear. */
function announcedBy({ routes = [], originate = [] }: Speaker): string[] {
  const own = routes.filter((route) => route.blackhole === true).map((route) => route.prefix);
  return [...own, ...originate.flatMap((each) => ("prefix" in each ? [each.prefix] : []))];
}

function reason(
  service: Service,
  announced: readonly string[],
  slices: readonly EndpointSlice[] | undefined,
): { sentence: string; fix?: string } | undefined {
  const { spec, status } = service;
  const addresses = [
    ...(status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []),
    ...(spec.loadBalancerIP === undefined ? [] : [spec.loadBalancerIP]),
  ];
  if (addresses.length === 0) {
    return {
      sentence: "it has no address yet",
      fix: "see why no controller gave it one (a pool, spec.loadBalancerClass); export it with its status",
    };
  }
  const missing = addresses.filter((address) => !announced.some((prefix) => holds(prefix, address)));
  if (missing.length === 0) return undefined;
  const ready = (slices ?? []).some(({ endpoints = [] }) =>
    endpoints.some(({ conditions }) => conditions?.ready !== false),
  );
  if (spec.externalTrafficPolicy === "Local" && slices !== undefined && !ready) {
    return {
      sentence: "externalTrafficPolicy is Local and no endpoint is ready",
      fix: "bring its pods up; export the EndpointSlices with the Services",
    };
  }
  return { sentence: `no announced prefix holds ${nameSome(missing)}` };
}

function holds(prefix: string, address: string): boolean {
  const [range, one] = [parsePrefix(prefix), parseAddress(address)];
  return range.ok && one.ok && containsAddress(range.value, one.value);
}

/** Where no Secret was given at all, nobody knows whether those exist that sessions name. */
function passwordFindings(objects: ClusterObjects, speakers: readonly Speaker[], cni: string): ObjectFinding[] {
  if (objects.secrets !== undefined) return [];
  const users = new Map<string, string[]>();
  for (const { name, neighbors } of speakers) {
    for (const { password } of neighbors) {
      if (password !== undefined) users.set(password, [...(users.get(password) ?? []), name]);
    }
  }
  return [...users].map(([secret, nodes]) => ({
    id: `${cni}/secret-not-given`,
    severity: "info",
    object: `Secret/${secret}`,
    sentence: `sessions of ${nameSome([...new Set(nodes)])} take their password from the Secret ${secret}, which is not among the objects: whether it exists is not known`,
    fix: 'add the Secret with its keys and without values (data: { password: "" }) to the manifests',
  }));
}
