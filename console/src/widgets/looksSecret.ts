/** Which values are not shown unless one asks for them: those whose names say that they are secret. */
export const MASK = '••••••••';

const SECRET =
  /pass(word|wd|phrase)?s?(_|-|$)|pwd|secret|token|credential|(api|access|private|encryption|signing|auth)[_-]?key|(^|[_-])(auth|dsn)([_-]|$)|connection[_-]?string|database[_-]?url/i;

/** `userinfo@` of an address. */
const CREDENTIALS_IN_URL = /^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^/\s@]+@/i;

export function looksSecret(name: string | undefined, value = ''): boolean {
  return SECRET.test(name ?? '') || CREDENTIALS_IN_URL.test(value);
}
