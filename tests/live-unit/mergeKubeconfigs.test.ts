/** Several clusters' kubeconfigs as one: a context each, named as the cluster is in the program, whoever made the cluster. */
import { expect, it } from "vitest";
import { readKubeconfig } from "../../components/live/kubeconfig";
import { mergeKubeconfigs } from "../../components/live/mergeKubeconfigs";
import { orThrow } from "../../components/model/errors";

/** As `kind get kubeconfig` prints it: YAML, with names of kind's own. */
const ofKind = (port: number) => `apiVersion: v1
clusters:
- cluster:
    server: https://127.0.0.1:${port}
    insecure-skip-tls-verify: true
  name: kind-lab-a
contexts:
- context:
    cluster: kind-lab-a
    user: kind-lab-a
  name: kind-lab-a
current-context: kind-lab-a
kind: Config
users:
- name: kind-lab-a
  user:
    token: t${port}
`;

it("has both clusters under their names in the program, the first one current", () => {
  const text = mergeKubeconfigs([
    { name: "a", text: ofKind(6001) },
    { name: "b", text: ofKind(6002) },
  ]);
  expect(orThrow(readKubeconfig(text))).toMatchObject({ port: 6001, token: "t6001" });
  expect(orThrow(readKubeconfig(text, { context: "a" }))).toMatchObject({ port: 6001, token: "t6001" });
  expect(orThrow(readKubeconfig(text, { context: "b" }))).toMatchObject({ port: 6002, token: "t6002" });
});

it("says what a text lacks", () => {
  expect(() => mergeKubeconfigs([{ name: "a", text: ofKind(1).replace("name: kind-lab-a", "name: x") }])).toThrow(
    "the kubeconfig has nothing called kind-lab-a",
  );
});
