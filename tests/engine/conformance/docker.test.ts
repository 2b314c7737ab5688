/**
 * The docker plugin against the recordings of pulumi-docker 5.2.0, step by step. It proves equality for what was recorded:
 * networks, a container on two networks and its updates and replacements, images and volumes, and their failures.
 * Refresh, delete and cancellation were not recorded: ../plugins.
 */
import { images, makeImages, removeImages } from "./images";
import { suite } from "./suite";

suite({ program: { name: "docker-network", plugins: ["docker"] }, meanings: {}, exceptions: {} });

suite({
  program: { name: "docker-container", plugins: ["docker"], replace: images },
  prepare: makeImages,
  tidy: removeImages,
  meanings: {
    3: [/Unable to update a container: Error response from daemon: .*Memory limit should be smaller/],
    11: [
      /Unable to create container with image lab\/absent:1: unable to pull image lab\/absent:1: error pulling image/,
    ],
  },
  exceptions: {},
});

suite({
  program: { name: "docker-image-volume", plugins: ["docker"], replace: images },
  prepare: makeImages,
  tidy: removeImages,
  meanings: {
    3: [/Unable to read Docker image into resource: unable to pull image lab\/none:9: error pulling image lab\/none:9/],
  },
  exceptions: {},
});
