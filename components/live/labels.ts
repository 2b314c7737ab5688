/** Labels on everything that the library makes in Docker: whose it is, and what for. */
export const PROJECT_LABEL = "bgpfabric.project";
export const STACK_LABEL = "bgpfabric.stack";
export const ROLE_LABEL = "bgpfabric.role";
