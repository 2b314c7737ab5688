/** What the YAML parser says of a text that is none, without the place, which a fault has of its own. */
export function yamlWords(message: string): string {
  const [first = "it cannot be read"] = message.split("\n");
  return `YAML (${first.replace(/ at line \d+, column \d+:?$/, "").replace(/:$/, "")})`;
}
