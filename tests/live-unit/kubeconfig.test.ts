/** A kubeconfig as users have it: YAML, several contexts, files beside it; what would start a program is refused. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { createServer } from "node:https";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "../../components/agent/api";
import { adminKubeconfig, credentialsFor } from "../../components/live/credentials";
import { readKubeconfig } from "../../components/live/kubeconfig";
import { orThrow, printFault } from "../../components/model/errors";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
  writeFileSync(join(folder, "ca.crt"), "CA FILE");
  writeFileSync(join(folder, "client.crt"), "CERTIFICATE FILE");
  writeFileSync(join(folder, "client.key"), "KEY FILE");
});
afterAll(() => rmSync(folder, { recursive: true }));

const data = (text: string) => Buffer.from(text).toString("base64");
const file = (user: string, cluster = "") => `
apiVersion: v1
kind: Config
current-context: lab   # the one that kubectl takes
preferences: {}
contexts:
- context: {cluster: prod, user: operator, namespace: kube-system}
  name: prod
- context:
    cluster: lab
    user: admin
  name: lab
clusters:
- name: prod
  cluster:
    server: https://prod.example.com/k8s/clusters/c-1
    certificate-authority-data: ${data("PROD CA")}
- name: lab
  cluster:
    server: https://[::1]:6443
    certificate-authority: ca.crt${cluster}
users:
- name: operator
  user: {token: abc}
- name: admin
  user:
${user}
`;
const faultsOf = (text: string, context?: string) => {
  const result = readKubeconfig(text, { folder, ...(context === undefined ? {} : { context }) });
  return result.ok ? [] : result.faults.map(printFault);
};

describe("a kubeconfig", () => {
  it("gives the current context's server, with authority, certificate and key from files beside it", () => {
    const text = file("    client-certificate: client.crt\n    client-key: client.key");
    expect(orThrow(readKubeconfig(text, { folder }))).toEqual({
      host: "::1",
      port: 6443,
      authority: "CA FILE",
      identity: { certificate: "CERTIFICATE FILE", key: "KEY FILE" },
    });
  });

  it("gives another context's by name: a token, port 443, and the path that stands before every request", () => {
    expect(orThrow(readKubeconfig(file("    token: x"), { folder, context: "prod" }))).toEqual({
      host: "prod.example.com",
      port: 443,
      basePath: "/k8s/clusters/c-1",
      authority: "PROD CA",
      token: "abc",
    });
  });

  it("takes inline data before a file, as kubectl does", () => {
    const user = `    client-certificate: missing.crt\n    client-certificate-data: ${data("INLINE")}\n    client-key: client.key`;
    expect(orThrow(readKubeconfig(file(user), { folder })).identity?.certificate).toBe("INLINE");
  });

  it("of a bare cluster is read as it is written", () => {
    const seed = { secret: Buffer.alloc(32, 1).toString("base64"), issued: "2026-01-01T00:00:00Z" };
    const endpoint = orThrow(readKubeconfig(adminKubeconfig(seed, "k01", "https://127.0.0.1:20001")));
    expect([endpoint.host, endpoint.port]).toEqual(["127.0.0.1", 20001]);
    expect(endpoint.identity?.key).toContain("PRIVATE KEY");
  });

  it.each([
    [
      "a program that prints credentials",
      "    exec: {apiVersion: client.authentication.k8s.io/v1, command: aws}",
      "users.user.exec",
    ],
    ["an old sign-in", "    auth-provider: {name: gcp}", "users.user.auth-provider"],
    ["another user's rights", "    token: x\n    as: root", "users.user.as"],
    ["no credential at all", "    username: admin", "users.user"],
    [
      "a key file that is not there",
      "    client-certificate: client.crt\n    client-key: gone.key",
      "kubeconfig.client-key",
    ],
  ])("with %s is refused, with the field", (_what, user, path) => {
    expect(faultsOf(file(user)).map((text) => text.split(": found")[0])).toEqual([path]);
  });

  it("with a proxy is refused, with the field", () => {
    expect(faultsOf(file("    token: x", "\n    proxy-url: http://10.0.0.1:3128"))).toEqual([
      expect.stringContaining("clusters.cluster.proxy-url") as string,
    ]);
  });

  it("without the context that is asked for names those that there are", () => {
    expect(faultsOf(file("    token: x"), "staging")).toEqual([
      'kubeconfig.contexts: found "staging", expected one of prod, lab',
    ]);
  });

  it("that is no YAML is refused without a stack trace, and none of its text but the parser's own words", () => {
    expect(faultsOf("a: [1,\nb: {")[0]).toMatch(/^kubeconfig: found .*, expected YAML$/);
  });
});

describe("a request over a kubeconfig with a token and a path before the server's", () => {
  it("carries both, and checks the server against the authority of the kubeconfig", async () => {
    const seed = { secret: Buffer.alloc(32, 3).toString("base64"), issued: "2026-01-01T00:00:00Z" };
    const { authority, controlPlane } = credentialsFor(
      seed,
      { name: "n1", address: "10.10.10.11" },
      { names: ["127.0.0.1"] },
    );
    const { key, certificate } = controlPlane?.server ?? { key: "", certificate: "" };
    const server = createServer({ key, cert: certificate }, (request, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ path: request.url, authorization: request.headers.authorization }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const text = `
current-context: a
contexts: [{name: a, context: {cluster: a, user: a}}]
clusters: [{name: a, cluster: {server: "https://127.0.0.1:${port}/k8s/c-1/", certificate-authority-data: ${data(authority)}}}]
users: [{name: a, user: {token: abc}}]
`;
    const api = new Api(orThrow(readKubeconfig(text)));
    try {
      expect(await api.get("/version")).toEqual({ path: "/k8s/c-1/version", authorization: "Bearer abc" });
    } finally {
      api.close();
      server.close();
    }
  });
});
