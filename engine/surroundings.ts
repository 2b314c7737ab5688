/**
 * Everything a lab needs, found or made: host, engine, plugins, image.
 */
import type { Surroundings } from "./environment";
import { provideHost } from "./host/provide";
import { currentEngine, provideEngine } from "./parts/engine";
import { currentHome, provideHome } from "./parts/home";
import { currentImage, kubectlDir, provideImage, type Contents } from "./parts/image";
import { connect } from "./host/find";
import { whileMaking, type Session } from "./session";

export async function surroundings(here: Session, contents: Contents = { cluster: true }): Promise<Surroundings> {
  // The host first: without one there is nothing to make minutes of parts for.
  const host = await provideHost(here);
  const docker = connect(host.dockerHost);
  const engine =
    (await currentEngine(here)) ?? (await whileMaking(here, "making the engine", () => provideEngine(here)));
  const home = currentHome(here) ?? (await whileMaking(here, "making the plugins", () => provideHome(here)));
  const image =
    (await currentImage(here, docker, contents)) ??
    (await whileMaking(here, "making the lab image", () => provideImage(here, docker, contents)));
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
