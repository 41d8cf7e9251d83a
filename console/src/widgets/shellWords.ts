/** Lists of words as one line, quoted as a shell does: what `command` and `entryPoint` are typed as. */

const PLAIN = /^[\w@%+=:,./$*?!~^{}[\]()<>|&;#-]+$/;

/** `["sh","-c","echo hi; date"]` as `sh -c 'echo hi; date'`. */
export function shellLine(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

/**
 * The words of a line. Only blanks and quotes mean something: nothing is expanded, and a quote
 * that is not closed reaches to the end.
 */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const sign = line.charAt(at);
    if (/\s/.test(sign)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (sign === "'") {
      const end = line.indexOf("'", at + 1);
      const until = end < 0 ? line.length : end;
      word = (word ?? '') + line.slice(at + 1, until);
      at = until;
    } else if (sign === '"') {
      const { text, until } = doubleQuoted(line, at + 1);
      word = (word ?? '') + text;
      at = until;
    } else if (sign === '\\' && at + 1 < line.length) {
      at += 1;
      word = (word ?? '') + line.charAt(at);
    } else {
      word = (word ?? '') + sign;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

function doubleQuoted(line: string, from: number): { text: string; until: number } {
  let text = '';
  let at = from;
  for (; at < line.length && line.charAt(at) !== '"'; at++) {
    const isEscape = line.charAt(at) === '\\' && /["\\]/.test(line.charAt(at + 1));
    if (isEscape) at += 1;
    text += line.charAt(at);
  }
  return { text, until: at };
}

function quoted(word: string): string {
  if (PLAIN.test(word)) return word;
  return `'${word.replaceAll("'", `'"'"'`)}'`;
}
