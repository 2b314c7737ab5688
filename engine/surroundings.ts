/**
 * Everything a lab needs, found or made: host, engine, plugins, image.
 */
import type { Surroundings } from "./environment";
import { provideHost } from "./host/provide";
import { provideEngine } from "./parts/engine";
import { provideHome } from "./parts/home";
import { provideImage, type Contents } from "./parts/image";
import { connect } from "./host/find";
import { whileMaking, type Session } from "./session";

export async function surroundings(here: Session, contents: Contents = { cluster: true }): Promise<Surroundings> {
  const { engine, home } = await whileMaking(here, "making parts", async () => ({
    engine: await provideEngine(here),
    home: await provideHome(here),
  }));
  const host = await provideHost(here);
  const image = await whileMaking(here, "making the lab image", () =>
    provideImage(here, connect(host.dockerHost), contents),
  );
  return {
    at: here.at,
    host,
    programs: [engine.dir],
    pulumiHome: home.dir,
    standIns: home.standIns,
    image,
  };
}
