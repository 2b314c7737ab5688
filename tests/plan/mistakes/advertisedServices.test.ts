/** Mistakes with AdvertisedServices. */
import { describe } from "vitest";
import { kubeRouter } from "../../../components/cni/choices";
import { type AdvertisedSpec, planAdvertised } from "../../../components/plan/advertised";
import { lab, refuses } from "./mistake";

const services = (args: Omit<AdvertisedSpec, "cluster">) => () =>
  planAdvertised("services", { cluster: lab().cluster, ...args });

describe("services that are announced", () => {
  refuses([
    {
      what: "nothing to announce",
      call: services({}),
      says: /^clusterIPs: found "false", expected true, or ranges under externalIPs/,
    },
    { what: "an empty list", call: services({ externalIPs: [] }), says: /there is nothing to announce/ },
    {
      what: "text that is no prefix",
      call: services({ externalIPs: ["10.0.50"] }),
      says: /^externalIPs\[0\]: found "10.0.50"/,
    },
    {
      what: "an address without a length",
      call: services({ externalIPs: ["10.0.50.1"] }),
      says: /^externalIPs\[0\]: found "10.0.50.1"/,
    },
    { what: "bits behind the prefix", call: services({ externalIPs: ["10.0.50.1/24"] }), says: /10.0.50.0\/24/ },
    {
      what: "a length that is none",
      call: services({ externalIPs: ["10.0.50.0/33"] }),
      says: /^externalIPs\[0\]: found "10.0.50.0\/33"/,
    },
    {
      what: "addresses that pods have",
      call: services({ externalIPs: ["192.168.1.0/24"] }),
      says: /apart from the pods' 192.168.0.0\/16/,
    },
    {
      what: "the services' own range as external",
      call: services({ externalIPs: ["10.96.0.0/16"] }),
      says: /apart from the services' 10.96.0.0\/16/,
    },
    {
      what: "one range twice",
      call: services({ externalIPs: ["10.0.50.0/24", "10.0.50.0/25"] }),
      says: /^externalIPs\[1\]: .*apart from 10.0.50.0\/24/,
    },
    {
      what: "all of it at once",
      call: services({ externalIPs: ["10.0.50.1/24", "192.168.0.0/24"] }),
      says: /^externalIPs\[1\]: found "192.168.0.0\/24"/,
    },
    {
      what: "an external range with kube-router, which takes addresses from the services themselves",
      call: () =>
        planAdvertised("s", {
          cluster: lab({ cni: kubeRouter({ asn: 65010 }) }).cluster,
          externalIPs: ["10.0.50.1/24"],
        }),
      says: /^externalIPs\[0\]/,
    },
  ]);
});
