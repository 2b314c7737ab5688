/** A cluster's credentials: one seed, the same bytes each time, and certificates that OpenSSL's rules accept. */
import { X509Certificate, createPublicKey, sign, verify } from "node:crypto";
import { connect, createServer, type TLSSocket } from "node:tls";
import { describe, expect, it } from "vitest";
import { adminKubeconfig, credentialsFor } from "../../components/live/credentials";

const at = (name: string) => ({ name, address: "10.10.10.11" });
const seed = { secret: Buffer.alloc(32, 1).toString("base64"), issued: "2026-01-01T00:00:00Z" };
const names = ["127.0.0.1", "localhost", "api"];

describe("credentials of a bare cluster", () => {
  it("come out the same each time, and differently from another seed", () => {
    const other = { ...seed, secret: Buffer.alloc(32, 2).toString("base64") };
    expect(credentialsFor(seed, at("n1"), { names })).toEqual(credentialsFor(seed, at("n1"), { names }));
    expect(credentialsFor(other, at("n1")).node.key).not.toBe(credentialsFor(seed, at("n1")).node.key);
  });

  it("of one node are not another's, and a new node leaves them alone", () => {
    expect(credentialsFor(seed, at("n1")).node.key).not.toBe(credentialsFor(seed, at("n2")).node.key);
    expect(credentialsFor(seed, at("n1")).authority).toBe(credentialsFor(seed, at("n2")).authority);
  });

  it("are signed by the authority, for ten years, each for its own user", () => {
    const { authority, node } = credentialsFor(seed, at("k01-worker"));
    const [ca, own] = [new X509Certificate(authority), new X509Certificate(node.certificate)];
    expect(own.verify(ca.publicKey) && own.checkIssued(ca) && ca.ca).toBe(true);
    expect(own.subject.split("\n")).toEqual(["O=system:nodes", "CN=system:node:k01-worker"]);
    expect(new Date(own.validTo).getUTCFullYear()).toBe(2036);
  });

  it("name addresses of either family", () => {
    const { controlPlane } = credentialsFor(seed, at("n1"), { names: ["10.10.10.10", "fd00:10::10", "api"] });
    const own = new X509Certificate(controlPlane?.server.certificate ?? "");
    expect([own.checkIP("10.10.10.10"), own.checkIP("fd00:10::10"), own.checkIP("fd00:10::11")]).toEqual([
      "10.10.10.10",
      "fd00:10::10",
      undefined,
    ]);
  });

  it("make a TLS connection in which both sides are known", async () => {
    const { authority, node, controlPlane } = credentialsFor(seed, at("n1"), { names });
    const server = createServer(
      {
        ca: authority,
        cert: controlPlane?.server.certificate ?? "",
        key: controlPlane?.server.key ?? "",
        requestCert: true,
      },
      (socket) => socket.end(String(socket.getPeerCertificate().subject.CN)),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const said = await new Promise<string>((resolve, reject) => {
      const client: TLSSocket = connect({
        host: "127.0.0.1",
        port,
        ca: authority,
        cert: node.certificate,
        key: node.key,
      });
      client.on("data", (data: Buffer) => resolve(data.toString()));
      client.on("error", reject);
    });
    server.close();
    expect(said).toBe("system:node:n1");
  });

  it("hold a key pair for service account tokens", () => {
    const accounts = credentialsFor(seed, at("n1"), { names }).controlPlane?.serviceAccounts;
    const text = Buffer.from("token");
    const signature = sign("sha256", text, accounts?.key ?? "");
    expect(verify("sha256", text, createPublicKey(accounts?.publicKey ?? ""), signature)).toBe(true);
  });

  it("give an administrator a kubeconfig that names the published port", () => {
    const config = JSON.parse(adminKubeconfig(seed, "k01", "https://127.0.0.1:20001")) as {
      clusters: { cluster: { server: string } }[];
      users: { user: { "client-certificate-data": string } }[];
    };
    expect(config.clusters[0]?.cluster.server).toBe("https://127.0.0.1:20001");
    const certificate = Buffer.from(config.users[0]?.user["client-certificate-data"] ?? "", "base64");
    expect(new X509Certificate(certificate).subject).toContain("O=system:masters");
  });
});
