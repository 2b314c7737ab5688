/**
 * Everything a lab needs, found or made: host, engine, plugins, image.
 */
import type { Surroundings } from "./environment";
import { provideHost } from "./host/provide";
import { currentEngine, engineParts, provideEngine } from "./parts/engine";
import { currentHome, provideHome } from "./parts/home";
import { currentImage, daemonArch, imageParts, kubectlDir, provideImage, type Contents } from "./parts/image";
import { toMake } from "./parts/part";
import { connect } from "./host/find";
import type { Session } from "./session";
import { sweepScratch } from "./cache";
import { removeGoCaches } from "./parts/go";

export async function surroundings(here: Session, contents: Contents = { cluster: true }): Promise<Surroundings> {
  // The host first: without one there is nothing to make minutes of parts for.
  const host = await provideHost(here);
  const docker = connect(host.dockerHost);
  sweepScratch(here.at.cache);
  const there = await currentImage(here, docker, contents);
  const { checkout, cache } = here.at;
  const parts = there === undefined ? imageParts(checkout, await daemonArch(docker), contents) : [];
  here.progress.expect(await toMake([...engineParts(checkout), ...parts], cache));
  // All at once: what has to be fetched arrives while something else compiles.
  const [engine, home, image] = await Promise.all([
    currentEngine(here).then((engine) => engine ?? provideEngine(here)),
    currentHome(here) ?? provideHome(here),
    there ?? provideImage(here, docker, contents),
  ]);
  removeGoCaches(here.at);
  const kubectl = contents.cluster ? await kubectlDir(here, docker) : undefined;
  return {
    at: here.at,
    host,
    programs: [engine.dir, ...(kubectl === undefined ? [] : [kubectl])],
    pulumiHome: home.dir,
    standIns: home.standIns,
    image,
  };
}
