/** The image that routers and bare nodes run: Debian with the daemons in it, made or found by whoever set the machine up. */
import { RemoteImage } from "@pulumi/docker/remoteImage";
import * as pulumi from "@pulumi/pulumi";

/** What a component without an image of its own takes: configuration `bgpfabric:image`, else what `make` has provided. */
export function labImage(
  name: string,
  image: pulumi.Input<string> | undefined,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const wanted = image ?? new pulumi.Config("bgpfabric").get("image") ?? process.env["BGPFABRIC_IMAGE"];
  if (wanted === undefined || wanted === "") {
    throw new Error(
      'no lab image: name one (pulumi config set bgpfabric:image NAME:TAG; docs/runtimes.md says what it holds), or build one where an image registry answers (image: new LabImage("lab").image); `make up` of a checkout names its own',
    );
  }
  // The local store is looked at first; the image outlives the stack, since other stacks use the same one.
  return new RemoteImage(`${name}-image`, { name: wanted, keepLocally: true }, { parent }).imageId;
}
