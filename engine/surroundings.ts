/**
 * Everything a lab needs, found or made: host, engine, plugins, image.
 */
import type Docker from "dockerode";
import { type Surroundings, pulumiEnvironment } from "./environment";
import { provideHost } from "./host/provide";
import { currentEngine, engineParts, provideEngine } from "./parts/engine";
import { acquirePlugins, currentHome, provideHome } from "./parts/home";
import { currentImage, daemonArch, hasImage, imageParts, kubectlDir, provideImage } from "./parts/image";
import { allNodeParts, nodeImageName, provideNodeImage } from "./parts/kind/image";
import { kindProgram } from "./parts/kind/programs";
import { provide, toMake } from "./parts/part";
import type { PlaneName } from "./parts/planes";
import { connect } from "./host/find";
import type { Needs } from "./needs";
import type { Session } from "./session";
import { sweepScratch } from "./cache";
import { removeGoCaches } from "./parts/go";

export async function surroundings(here: Session, contents: Needs = { cluster: true }): Promise<Surroundings> {
  // The host first: without one there is nothing to make minutes of parts for.
  const host = await provideHost(here);
  const docker = connect(host.dockerHost);
  sweepScratch(here.at.cache);
  const there = await currentImage(here, docker, contents);
  const { checkout, cache } = here.at;
  const parts = there === undefined ? imageParts(checkout, await daemonArch(docker), contents) : [];
  const arch = await daemonArch(docker);
  const planes = contents.planes ?? [];
  const nodeThere = await hasImage(docker, nodeImageName(checkout, arch, planes));
  const nodeParts = contents.kind === true && !nodeThere ? allNodeParts(checkout, arch, planes) : [];
  here.progress.expect(await toMake([...engineParts(checkout), ...parts, ...nodeParts], cache));
  // All at once: what has to be fetched arrives while something else compiles.
  const [engine, home, image, kind] = await Promise.all([
    currentEngine(here).then((engine) => engine ?? provideEngine(here)),
    currentHome(here) ?? provideHome(here),
    there ?? provideImage(here, docker, contents),
    // Where the image is, a shell or a command in the lab gets it as well.
    contents.kind === true || nodeThere ? provideKind(here, docker, planes) : undefined,
  ]);
  await acquirePlugins(here, home, engine.dir);
  removeGoCaches(here.at);
  const kubectl = contents.cluster ? await kubectlDir(here, docker) : undefined;
  return {
    at: here.at,
    host,
    programs: [engine.dir, ...[kubectl, kind?.program].filter((dir) => dir !== undefined)],
    pulumiHome: home.dir,
    standIns: home.standIns,
    image,
    ...(kind === undefined ? {} : { nodeImage: kind.image }),
  };
}

/** Environment of programs that need the engine and no Docker. They have a backend of their own. */
export async function pulumiAlone(here: Session): Promise<Record<string, string>> {
  const [engine, home] = await Promise.all([
    currentEngine(here).then((engine) => engine ?? provideEngine(here)),
    currentHome(here) ?? provideHome(here),
  ]);
  return pulumiEnvironment({ programs: [engine.dir], pulumiHome: home.dir, standIns: home.standIns });
}

/** The kind program's folder, and the image of its nodes. */
async function provideKind(
  here: Session,
  docker: Docker,
  planes: readonly PlaneName[],
): Promise<{ program: string; image: string }> {
  const [{ dir }, image] = await Promise.all([
    provide(kindProgram(here.at.checkout), here),
    provideNodeImage(here, docker, planes),
  ]);
  return { program: dir, image };
}
