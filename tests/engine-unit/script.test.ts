/** Proves that the shell script of the bench makes what a stack's resources say; that it runs is the bench's own proof. */
import { describe, expect, it } from "vitest";
import { shellScript } from "../../engine/bench/script";

const urn = (name: string): string => `urn:pulumi:selective::bgpfabric::type::${name}`;

describe("a stack as a shell script", () => {
  it("makes a network with its range and labels", () => {
    const { lines } = shellScript(
      [
        {
          type: "docker:index/network:Network",
          urn: urn("rack1"),
          inputs: {
            name: "rack1",
            driver: "bridge",
            ipamConfigs: [{ subnet: "10.10.10.0/24", gateway: "10.10.10.254" }],
            labels: [{ label: "bgpfabric.stack", value: "selective" }],
          },
        },
      ],
      undefined,
    );
    expect(lines).toEqual([
      "docker network create --driver bridge --label bgpfabric.stack=selective --subnet 10.10.10.0/24 --gateway 10.10.10.254 rack1",
    ]);
  });

  it("makes a container on two networks, its files inside before it starts, secret ones included", () => {
    const uploads = JSON.stringify([{ file: "/etc/frr/frr.conf", content: "router bgp 65001\n" }]);
    const { lines, files } = shellScript(
      [
        {
          type: "docker:index/container:Container",
          urn: urn("tor"),
          inputs: {
            name: "tor",
            image: "bgpfabric/lab:1",
            command: ["sh", "-c", "sleep infinity"],
            capabilities: { adds: ["CAP_NET_ADMIN"] },
            networksAdvanced: [
              { name: "rack1", ipv4Address: "10.10.10.1" },
              { name: "management", aliases: ["api"] },
            ],
            uploads: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: uploads },
          },
        },
      ],
      undefined,
    );
    expect(lines[0]).toBe(
      "docker create --name tor --cap-add NET_ADMIN --network rack1 --ip 10.10.10.1 bgpfabric/lab:1 sh -c 'sleep infinity'",
    );
    expect(lines[1]).toBe("docker network connect --alias api management tor");
    expect(lines[2]).toContain("docker cp - tor:/");
    expect(lines[2]).toContain("etc/frr/frr.conf");
    expect(lines[3]).toBe("docker start tor");
    expect(files.map((file) => file.content)).toEqual(["router bgp 65001\n"]);
  });

  it("configures a router by its name, whatever id its container had", () => {
    const { lines } = shellScript(
      [
        { type: "docker:index/container:Container", urn: urn("tor"), id: "16ae", inputs: { name: "tor", image: "i" } },
        {
          type: "pulumi-nodejs:dynamic/bgpfabric:RouterConfiguration",
          urn: urn("live-tor"),
          inputs: { container: "16ae", text: "router bgp 65001" },
        },
      ],
      undefined,
    );
    expect(lines.at(-1)).toBe(
      "docker exec -i tor sh -c 'cat > /tmp/bench.conf && vtysh -f /tmp/bench.conf' < tor.conf",
    );
  });

  it("applies objects without the engine's own marks, and says what it leaves out", () => {
    const { lines, files, leftOut } = shellScript(
      [
        {
          type: "kubernetes:core/v1:NodePatch",
          urn: urn("edge-worker"),
          inputs: { apiVersion: "v1", kind: "Node", metadata: { name: "worker", __defaults: [] } },
        },
        { type: "pulumi-nodejs:dynamic/bgpfabric:Authority", urn: urn("k01-authority"), inputs: {} },
        { type: "bgpfabric:index:Rack", urn: urn("rack1") },
      ],
      "kind: Config",
    );
    expect(lines).toEqual(["kubectl --kubeconfig kubeconfig apply --server-side --force-conflicts -f object-1.json"]);
    expect(files[1]?.content).toBe('{"apiVersion":"v1","kind":"Node","metadata":{"name":"worker"}}');
    expect(leftOut).toEqual(["pulumi-nodejs:dynamic/bgpfabric:Authority k01-authority"]);
  });
});
