/** A kubeconfig with everything in it, as JSON: every client reads it, and nothing has to be escaped. */
import type { ProgramAccess } from "./settings";

export interface KubeconfigParts extends ProgramAccess {
  cluster: string;
  user: string;
}

export function kubeconfig({ cluster, server, authority, user, identity }: KubeconfigParts): string {
  const encode = (pem: string) => Buffer.from(pem).toString("base64");
  return JSON.stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: cluster, cluster: { server, "certificate-authority-data": encode(authority) } }],
      users: [
        {
          name: user,
          user:
            "tokenFile" in identity
              ? identity
              : {
                  "client-certificate-data": encode(identity.certificate),
                  "client-key-data": encode(identity.key),
                },
        },
      ],
      contexts: [{ name: cluster, context: { cluster, user } }],
      "current-context": cluster,
    },
    null,
    2,
  );
}
