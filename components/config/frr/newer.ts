/**
 * What the Network can say and an older FRR has no command for, or takes and does not print. First releases are those in
 * whose source the command stands (bgp_vty.c and bgp_routemap.c, 8.4 to 10.6).
 */
import type { Neighbor, Speaker } from "../../bgp/network";
import { compareVersions } from "../../model/version";
import { cannot, type Draft } from "../draft";

export function refuseNewer(d: Draft, speaker: Speaker, path: string): void {
  const { version } = speaker.dialect;
  const from = (since: string, at: string, found: unknown, command: string): void => {
    if (found === undefined || found === false || compareVersions(version, since) >= 0) return;
    cannot(
      d,
      at,
      found,
      `FRR ${since} or newer: ${version} has no \`${command}\``,
      "name a newer version, or leave it out",
    );
  };
  for (const [name, { terms }] of Object.entries(speaker.policies ?? {})) {
    terms.forEach(({ match }, index) => {
      const at = `${path}.policies[${name}].terms[${index}].match`;
      from("9.1", `${at}.communityMatch`, match?.communityMatch === "any" ? "any" : undefined, "match community X any");
      from("10.3", `${at}.communityCountMax`, match?.communityCountMax, "match community-limit");
      from("10.3", `${at}.sourcePeer`, match?.sourcePeer, "match src-peer");
      from("10.6", `${at}.asPathCountMax`, match?.asPathCountMax, "match as-path-count");
    });
  }
  const sides: [string, Neighbor][] = [
    ...Object.entries(speaker.groups ?? {}).map(([name, group]): [string, Neighbor] => [`groups[${name}]`, group]),
    ...speaker.neighbors.map((neighbor, index): [string, Neighbor] => [`neighbors[${index}]`, neighbor]),
  ];
  for (const [at, side] of sides) {
    from("8.5", `${path}.${at}.gracefulShutdown`, side.gracefulShutdown, "neighbor X graceful-shutdown");
    if (side.solo === true) soloIsShown(d, speaker, side, at, `${path}.${at}.solo`);
  }
}

/**
 * Measured on 8.4.4 and 10.3: the running configuration shows `solo` of no member, and before 10.2 of no peer-group, so
 * that every reload would set it again.
 */
function soloIsShown(d: Draft, speaker: Speaker, side: Neighbor, at: string, path: string): void {
  if (side.group !== undefined && speaker.groups?.[side.group]?.solo !== true) {
    cannot(d, path, true, "a neighbor without a group, or a group that says so for all: FRR shows it of no member");
  }
  if (at.startsWith("groups[") && compareVersions(speaker.dialect.version, "10.2") < 0) {
    cannot(
      d,
      path,
      true,
      `neighbors that say so one by one: FRR ${speaker.dialect.version} does not show it of a group`,
    );
  }
}
