/** What other languages see: `pulumi package add` reads the schema of the components that are exported here. */
export { BgpFabric } from "./bgpFabric";
