/** Keeps passwords out of messages: a router's own words about its configuration may hold them. */

/**
 * FRR and BIRD write "password X", EOS "password 7 X", GoBGP "auth-password: X". X may stand in quotation marks, and may
 * begin with some of its own.
 */
const PASSWORDS = [
  /((?:^|\s)password\s+(?:(?:[078]|8a)\s+)?)("[^"\n]*"(?=[\s;,}]|$)|\S+)/gi,
  /(auth-password"?\s*:\s*)("[^"\n]*"(?=[\s;,}]|$)|\S+)/gi,
];
const HIDDEN = "(not shown)";
/** Shorter ones stand in too many other words to be looked for by themselves. */
const SHORT = 4;

/** Whether a configuration has a password. */
export function hasPassword(configuration: string): boolean {
  return PASSWORDS.some((pattern) => configuration.search(pattern) >= 0);
}

/** The message without the passwords of the configuration that it is about. */
export function redact(message: string, configuration: string): string {
  const values = PASSWORDS.flatMap((pattern) => [...configuration.matchAll(pattern)])
    .map(([, , value = ""]) => value.replace(/^"(.*)"$/, "$1"))
    .filter((value) => value.length >= SHORT);
  const plain = PASSWORDS.reduce((text, pattern) => text.replace(pattern, `$1${HIDDEN}`), message);
  return values.reduce((text, value) => text.replaceAll(value, HIDDEN), plain);
}
