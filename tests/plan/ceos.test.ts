/** cEOS in a container: what it is started with, and what is refused. Never run: the image is its user's own. */
import { describe, expect, it } from "vitest";
import { UserError } from "../../components/model/errors";
import { CONTAINERS } from "../../components/plan/containers";
import { planLive } from "../../components/plan/live";
import { type RackRouterSpec, planRack } from "../../components/plan/rack";
import { planRouter } from "../../components/plan/router";
import { planSegment } from "../../components/plan/segment";

const router: RackRouterSpec = { os: "eos", asn: 65001, address: "10.10.10.1", loopback: "10.0.0.1" };
const rack = planRack("rack1", { segments: ["10.10.10.0/24", "10.10.20.0/24"], router });

describe("cEOS in a container", () => {
  const start = CONTAINERS.eos.start(rack.ownRouter?.speaker ?? (undefined as never), { bfd: false });
  const fileOf = (name: string) => start.uploads.find(({ file }) => file === name)?.content ?? "";

  it("has its ports' addresses, loopback and API in a startup file of its own, and BGP not yet", () => {
    expect(fileOf("/mnt/flash/startup-config")).toBe(`hostname rack1-tor
!
service routing protocols model multi-agent
!
management api http-commands
   protocol unix-socket
   no shutdown
!
interface Loopback0
   ip address 10.0.0.1/32
!
interface Ethernet1
   no switchport
   ip address 10.10.10.1/24
!
interface Ethernet2
   no switchport
   ip address 10.10.20.1/24
!
ip routing
!
end
`);
  });

  it("waits for its interfaces before init, and gives them the names that EOS looks for", () => {
    expect(start.command[2]).toMatch(
      /^\/mnt\/flash\/if-wait\.sh 10\.10\.10\.1=eth1 10\.10\.20\.1=eth2; exec \/sbin\/init /,
    );
    expect(start.uploads.find(({ file }) => file === "/mnt/flash/if-wait.sh")?.executable).toBe(true);
  });

  it("tells init and what runs before it that this is a container (containerlab, nodes/ceos)", () => {
    for (const setting of ["CEOS=1", "EOS_PLATFORM=ceoslab", "container=docker", "ETBA=1", "INTFTYPE=eth"]) {
      expect(start.environment).toContain(setting);
      expect(start.command[2]).toContain(`systemd.setenv=${setting}`);
    }
    expect(start.stopSignal).toBe("SIGRTMIN+3");
  });

  it("runs privileged, which FRR does not", () => {
    expect(start.privileged).toBe(true);
    const frr = planRack("rack2", {
      segments: ["10.10.30.0/24"],
      router: { ...router, os: "frr", address: "10.10.30.1" },
    });
    expect(
      CONTAINERS.frr.start(frr.ownRouter?.speaker ?? (undefined as never), { bfd: false }).privileged,
    ).toBeUndefined();
  });

  it("is told its BGP by the program, without the ports that the startup file has", () => {
    const text = planLive([rack], { existing: ["rack1-tor"] }).routers[0]?.text({}) ?? "";
    expect(text).toContain("router bgp 65001\n   router-id 10.0.0.1");
    expect(text).not.toMatch(/^interface|^hostname/m);
  });

  it("is a speaker of EOS for the forecast, of the version that the program names", () => {
    const segment = planSegment("lan", { prefix: "10.10.40.0/24" });
    const { speaker } = planRouter("core", { os: "eos", version: "4.31", asn: 65001, segments: [{ segment }] });
    expect(speaker.dialect).toEqual({ system: "eos", version: "4.31" });
    expect(speaker.interfaces.map(({ name }) => name)).toEqual(["Ethernet1"]);
  });

  it("of a version that is no two numbers is refused", () => {
    expect(() => planRack("rack1", { segments: ["10.10.10.0/24"], router: { ...router, version: "4.32.0F" } })).toThrow(
      UserError,
    );
  });
});
