/**
 * A kubeconfig whose user has a credential plugin (client.authentication.k8s.io): the program is run as kubectl runs it,
 * and what it printed stands in the text afterwards. The program is one that the kubeconfig's owner chose.
 */
import { execFile } from "node:child_process";
import { type Document, parseDocument } from "yaml";

interface Plugin {
  apiVersion?: string;
  command?: string;
  args?: string[];
  env?: { name: string; value: string }[];
  installHint?: string;
}

interface Credential {
  kind?: string;
  status?: { token?: string; clientCertificateData?: string; clientKeyData?: string };
}

const TIMEOUT_MS = 30_000;

/** The text as it is where no plugin is named. */
export async function withCredentials(text: string): Promise<string> {
  const document = parseDocument(text);
  const user = currentUser(document);
  if (user === undefined) return text;
  const plugin = document.toJS() as { users: { user: { exec?: Plugin } }[] };
  const exec = plugin.users[user]?.user.exec;
  if (exec === undefined) return text;
  const { token, clientCertificateData, clientKeyData } = (await printed(exec)).status ?? {};
  const data = (pem: string | undefined) => (pem === undefined ? undefined : Buffer.from(pem).toString("base64"));
  document.setIn(["users", user, "user"], {
    ...(token === undefined ? {} : { token }),
    ...(clientCertificateData === undefined ? {} : { "client-certificate-data": data(clientCertificateData) }),
    ...(clientKeyData === undefined ? {} : { "client-key-data": data(clientKeyData) }),
  });
  return document.toString();
}

/** Place of the current context's user among the users. */
function currentUser(document: Document): number | undefined {
  if (document.errors.length > 0) return undefined;
  const config = document.toJS() as {
    "current-context"?: string;
    contexts?: { name: string; context?: { user?: string } }[];
    users?: { name: string }[];
  } | null;
  const context = config?.contexts?.find(({ name }) => name === config["current-context"]);
  const place = config?.users?.findIndex(({ name }) => name === context?.context?.user) ?? -1;
  return place < 0 ? undefined : place;
}

async function printed({ apiVersion, command = "", args = [], env = [], installHint }: Plugin): Promise<Credential> {
  const info = { apiVersion, kind: "ExecCredential", spec: { interactive: false } };
  const own = Object.fromEntries(env.map(({ name, value }) => [name, value]));
  const text = await new Promise<string>((resolve, reject) => {
    const options = {
      timeout: TIMEOUT_MS,
      env: { ...process.env, ...own, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    };
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const why = stderr.trim() || error.message;
      const hint = installHint === undefined ? "" : `\n${installHint}`;
      reject(new Error(`the kubeconfig's credential plugin ${command} failed: ${why}${hint}`));
    });
    child.stdin?.end();
  });
  const credential = credentialIn(text);
  if (credential?.kind !== "ExecCredential" || credential.status === undefined) {
    throw new Error(`the kubeconfig's credential plugin ${command} printed no ExecCredential with a status`);
  }
  return credential;
}

function credentialIn(text: string): Credential | undefined {
  try {
    return JSON.parse(text) as Credential;
  } catch {
    return undefined;
  }
}
