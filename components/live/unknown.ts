/** What the engine gives a check in place of a value that a preview does not know (@pulumi/pulumi/runtime/rpc, 3.248). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
