/** Which image a program gets: built, named, or an error that names both ways. That a daemon can build it is not shown here. */
import { afterEach, expect, it, vi } from "vitest";
import { LabImage, Rack, type RackArgs } from "../../components";
import { mock, record, settled } from "./recorder";

const router: RackArgs["router"] = { os: "frr", asn: 65001, address: "10.10.10.1" };

afterEach(() => vi.unstubAllEnvs());

it("LabImage builds one image from the package's own Dockerfile, again when a build argument changes", async () => {
  const [plain] = await record(() => new LabImage("lab")).then(images);
  const [mirrored] = await record(
    () => new LabImage("lab", { buildArgs: { DEBIAN: "mirror.example/debian:12" } }),
  ).then(images);
  expect(plain).toMatchObject({
    parent: "lab",
    inputs: { build: { context: "images/lab" }, keepLocally: true },
  });
  expect(mirrored?.inputs["build"]).toMatchObject({ buildArgs: { DEBIAN: "mirror.example/debian:12" } });
  expect(mirrored?.inputs["triggers"]).not.toEqual(plain?.inputs["triggers"]);
  expect(mirrored?.inputs["name"]).not.toEqual(plain?.inputs["name"]);
});

it("a router that is given a built image waits for it", async () => {
  const seen = await record(() => {
    const lab = new LabImage("lab");
    new Rack("rack1", { segments: ["10.10.10.0/24"], router, image: lab.image });
  });
  expect(seen.find(({ name }) => name === "rack1-image")?.waitsFor).toContain("lab-build");
});

it("without an image the error names both ways to one", async () => {
  await mock();
  vi.stubEnv("BGPFABRIC_IMAGE", "");
  expect(() => new Rack("rack2", { segments: ["10.10.10.0/24"], router })).toThrow(/bgpfabric:image.*new LabImage/);
  await settled();
});

type Seen = Awaited<ReturnType<typeof record>>;
const images = (seen: Seen): Seen => seen.filter(({ type }) => type.endsWith(":RemoteImage"));
