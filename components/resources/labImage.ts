/** Builds the lab image in the Docker daemon, for programs that run without this package's Makefile. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { RemoteImage } from "@pulumi/docker/remoteImage";
import * as pulumi from "@pulumi/pulumi";

export interface LabImageArgs {
  /** The image's name in the daemon. @default "bgpfabric/lab:KEY", with a key of what it is built from */
  name?: string;
  /**
   * Arguments of images/lab/Dockerfile: where its parts come from, and in which version.
   * @default the official registries @example { DEBIAN: "mirror.example/debian:bookworm-slim" }
   */
  buildArgs?: Record<string, string>;
}

/** Beside the compiled sources, and beside the sources themselves. */
const PLACES = [join(__dirname, "../../../images/lab"), join(__dirname, "../../images/lab")];

/**
 * Creates one image: Debian with the routers and the programs of a bare cluster, built from the Dockerfile in this
 * package. The daemon needs a registry that answers; where there is none, name an image of your own instead.
 * @example const lab = new LabImage("lab"); new Cluster("k01", { image: lab.image, ... })
 */
export class LabImage extends pulumi.ComponentResource {
  /** The image's name; whatever uses it comes after the build. */
  readonly image: pulumi.Output<string>;

  constructor(name: string, args: LabImageArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super("bgpfabric:index:LabImage", name, {}, opts);
    const folder = PLACES.find((place) => existsSync(join(place, "Dockerfile")));
    if (folder === undefined) throw new Error("images/lab/Dockerfile is missing: install the package again");
    const buildArgs = args.buildArgs ?? {};
    const recipe = createHash("sha256")
      .update(readFileSync(join(folder, "Dockerfile")))
      .update(JSON.stringify(Object.entries(buildArgs).sort()))
      .digest("hex");
    const built = new RemoteImage(
      `${name}-build`,
      {
        name: args.name ?? `bgpfabric/lab:${recipe.slice(0, 12)}`,
        // Relative to the program's working directory: the same in every clone.
        build: { context: relative(process.cwd(), folder), buildArgs },
        triggers: { recipe },
        // Containers of other stacks may run from it.
        keepLocally: true,
      },
      { parent: this },
    );
    this.image = built.name;
    this.registerOutputs({ image: this.image });
  }
}
