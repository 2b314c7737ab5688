/** The agent's words go to the container's log, each line with its part in front. */
export function log(part: string, line: string): void {
  process.stdout.write(`${part}: ${line}\n`);
}
