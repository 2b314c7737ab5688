/** Running programs where a daemon runs, whatever the way there is. A daemon's live code is written against this. */

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

export interface Shell {
  /** Where it runs programs, for messages. */
  readonly name: string;
  /** Runs a program to its end. `input` goes to its standard input, never into its arguments. */
  run(this: void, command: readonly string[], input?: string): Promise<Ran>;
}

/** What a shell throws when there is nothing to run a program in: a container that is stopped or gone. */
export class Unreachable extends Error {}

/** What the program printed; a failure is thrown with what the program reported. */
export async function output(shell: Shell, command: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await shell.run(command, input);
  if (code === 0) return stdout;
  throw new Error(`${shell.name}: ${command.join(" ")}: ${(stderr || stdout).trim() || `exit code ${code}`}`);
}
