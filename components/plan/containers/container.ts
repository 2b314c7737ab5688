/** How a router's system starts in a container. What it is configured with is not part of it: that is pushed in place. */
import type { Speaker } from "../../bgp/network";
import type { WriteOptions } from "../../config/writers";

/** A file that a container is given when it is made. */
export interface Upload {
  file: string;
  content: string;
  executable?: boolean;
}

export interface ContainerStart {
  command: string[];
  uploads: Upload[];
  /** Linux capabilities: "CAP_NET_ADMIN". */
  capabilities: string[];
  sysctls: Record<string, string>;
  /** "NAME=VALUE", for all programs of the container. */
  environment?: string[];
  /** Whether it may do what root of the machine may; said aloud when it is registered. */
  privileged?: boolean;
  /** What Docker stops it with. @default SIGTERM */
  stopSignal?: string;
}

/** What a container is started with besides its speaker's interfaces. */
export interface StartOptions {
  /** Whether the BFD daemon runs. */
  bfd: boolean;
  /** Docker's addresses of interfaces that have none in the Network, by the interface's segment. */
  links?: Readonly<Record<string, string>>;
}

export interface ContainerRouter {
  /** Versions that the image has; the first one is taken where a program names none. */
  versions: readonly [usual: string, ...others: string[]];
  /** Of a system whose image nobody may hand out: what it is and how one has it. Then any version may be named. */
  usersImage?: string;
  /** Names of interfaces, where the system has names of its own. @default as the segments */
  names?: { port(this: void, index: number): string; loopback: string };
  start(speaker: Speaker, options: StartOptions): ContainerStart;
  /** What its configuration leaves to the container. */
  writes(speaker: Speaker): WriteOptions;
}
