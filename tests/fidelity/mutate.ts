/**
 * `make mutations`: solves every recorded network under every mutation and says which seed caught it first.
 * Usage: mutate DIR [--json]. Exit 1 when a mutation is caught by none.
 */
import { solve } from "../../components/bgp/solve";
import { compare } from "./compare";
import { readRecorded } from "./recorded";
import { mutations } from "./mutations";

const [folder, flag] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write("mutate: say which folder holds the recorded networks\n");
  process.exit(2);
}
// What never became quiet was read at no particular moment.
const recorded = readRecorded(folder).filter(({ moving }) => moving === undefined);

// A network that already disagrees with the true rules proves nothing about a wrong one.
const sound = recorded.filter(({ network, live }) => compare(solve(network), live).misses.length === 0);
const caught = mutations.map(({ name, mutate }) => {
  const by = sound.filter(({ network, live }) => compare(solve(network, { rules: mutate }), live).misses.length > 0);
  return { name, caught: by.length, first: by[0]?.seed };
});
if (flag === "--json") process.stdout.write(`${JSON.stringify({ networks: sound.length, caught }, undefined, 2)}\n`);
else {
  for (const each of caught) {
    const how = each.first === undefined ? "NOT CAUGHT" : `caught by ${each.caught} networks, first seed ${each.first}`;
    process.stdout.write(`${each.name}: ${how}\n`);
  }
  const missed = caught.filter((each) => each.caught === 0).length;
  process.stdout.write(`${caught.length - missed} of ${caught.length} mutations caught by ${sound.length} networks\n`);
}
process.exit(caught.some((each) => each.caught === 0) ? 1 : 0);
