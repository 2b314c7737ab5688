/**
 * Everything a lab needs, found or made: host, engine, plugins, image.
 */
import type { Surroundings } from "./environment";
import { provideHost } from "./host/provide";
import { currentEngine, provideEngine } from "./parts/engine";
import { currentHome, provideHome } from "./parts/home";
import { currentImage, kubectlDir, provideImage, type Contents } from "./parts/image";
import { connect } from "./host/find";
import type { Session } from "./session";
import { sweepScratch } from "./cache";
import { removeGoCaches } from "./parts/go";

export async function surroundings(here: Session, contents: Contents = { cluster: true }): Promise<Surroundings> {
  // The host first: without one there is nothing to make minutes of parts for.
  const host = await provideHost(here);
  const docker = connect(host.dockerHost);
  sweepScratch(here.at.cache);
  const engine = (await currentEngine(here)) ?? (await provideEngine(here));
  const home = currentHome(here) ?? (await provideHome(here));
  const image = (await currentImage(here, docker, contents)) ?? (await provideImage(here, docker, contents));
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
