/** Who we are to the API server: the Authorization header of the next request, fresh where it expires. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { isValues, type Value, type Values } from "../values";
import type { Access } from "./kubeconfig";
import { list, text } from "./object";

export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly cert?: string;
  readonly key?: string;
}

const bearer = (token: string): Credentials => ({ headers: { authorization: `Bearer ${token}` } });
const tokenFileSeconds = 60; // client-go reads the file again after a minute

export function credentials(access: Access): () => Promise<Credentials> {
  let until = 0;
  let known: Promise<Credentials> | undefined;
  const keep = (seconds: number, make: () => Promise<Credentials>): Promise<Credentials> => {
    if (known === undefined || Date.now() > until) {
      until = Date.now() + seconds * 1000;
      known = make();
      known.catch(() => (known = undefined));
    }
    return known;
  };
  const { exec, tokenFile, token, basic } = access;
  if (exec)
    return () =>
      keep(Infinity, async () => {
        const { credentials: answer, expires } = await run(exec);
        until = expires ?? Infinity;
        return answer;
      });
  if (tokenFile !== undefined)
    return () => keep(tokenFileSeconds, () => Promise.resolve(bearer(readFileSync(tokenFile, "utf8").trim())));
  if (token !== undefined) return () => Promise.resolve(bearer(token));
  if (basic) {
    const pair = Buffer.from(`${basic.username}:${basic.password}`).toString("base64");
    return () => Promise.resolve({ headers: { authorization: `Basic ${pair}` } });
  }
  return () => Promise.resolve({ headers: {} });
}

/** A credential plugin's answer (client.authentication.k8s.io/v1 and v1beta1). Its output is never shown. */
async function run(exec: Values): Promise<{ credentials: Credentials; expires: number | undefined }> {
  const command = text(exec, "command");
  const apiVersion = text(exec, "apiVersion");
  const env = { ...process.env };
  for (const pair of list(exec, "env")) env[text(pair, "name")] = text(pair, "value");
  env["KUBERNETES_EXEC_INFO"] = JSON.stringify({ apiVersion, kind: "ExecCredential", spec: { interactive: false } });
  const { stdout } = await promisify(execFile)(command, list(exec, "args").map(String), { env }).catch(
    (error: { code?: unknown }) => {
      throw new Error(`the kubeconfig's credential program ${command} failed (${String(error.code)})`);
    },
  );
  const answer = JSON.parse(stdout) as Value;
  const status = isValues(answer) ? answer["status"] : undefined;
  const token = text(status, "token");
  const cert = text(status, "clientCertificateData");
  const key = text(status, "clientKeyData");
  const expiry = Date.parse(text(status, "expirationTimestamp"));
  return {
    credentials: { ...(token === "" ? { headers: {} } : bearer(token)), ...(cert !== "" && { cert, key }) },
    expires: Number.isNaN(expiry) ? undefined : expiry - 10_000,
  };
}
