/** BIRD 1.6: a speaker to the configuration that Calico's node agent would give it. */
export { birdProtocols, writeBird, type BirdOptions } from "./write";
