/**
 * The two images that the recorded docker programs use, made of the lab's image: one in which the programs' command runs,
 * and one in which it ends at once with exit code 1, as it did in the recording.
 */
import Docker from "dockerode";
import { tarOf } from "../../../engine/plugins/docker/upload";

export const images = { IMAGE: "bgpfabric-conformance/runs:1", OTHER_IMAGE: "bgpfabric-conformance/ends:1" } as const;

export const docker = (): Docker => new Docker();

export async function makeImages(): Promise<void> {
  const base = process.env["BGPFABRIC_IMAGE"];
  if (base === undefined || process.env["DOCKER_HOST"] === undefined)
    throw new Error(
      "DOCKER_HOST and BGPFABRIC_IMAGE are not set: run `make test`, or eval the output of engine/main.ts env",
    );
  await derive(base, images.IMAGE);
  await derive(
    base,
    images.OTHER_IMAGE,
    tarOf("usr/bin/sh", Buffer.from("#!/usr/bin/false\n"), 0o755, { user: 0, group: 0 }),
  );
}

export async function removeImages(): Promise<void> {
  for (const name of Object.values(images)) await docker().getImage(name).remove({ force: true });
}

/** An image of `base` without anything in its configuration, and with the files of `archive` put over it. */
async function derive(base: string, name: string, archive?: Buffer): Promise<void> {
  const container = await docker().createContainer({ Image: base, Cmd: ["true"], Entrypoint: [] });
  try {
    if (archive) await container.putArchive(archive, { path: "/" });
    const [repo, tag] = name.split(":");
    await container.commit({
      repo,
      tag,
      changes: ["CMD []", "ENTRYPOINT []"],
    });
  } finally {
    await container.remove({ force: true });
  }
}
