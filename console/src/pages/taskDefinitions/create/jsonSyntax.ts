/**
 * Reads JSON and says where it is wrong. Browsers differ in what they tell of a syntax error, and
 * often leave out the place.
 */
import type { Json } from '../document';

export interface SyntaxProblem {
  readonly message: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export type Parsed = { readonly value: Json } | { readonly problem: SyntaxProblem };

export function parseJson(text: string): Parsed {
  try {
    return { value: JSON.parse(text) as Json };
  } catch (error) {
    const found = new Reader(text).firstProblem();
    const { at, message } = found ?? { at: 0, message: (error as Error).message };
    return { problem: { message, ...placeOf(text, at) } };
  }
}

export function placeOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at);
  const lines = before.split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

class Wrong extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

class Reader {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  firstProblem(): { message: string; at: number } | undefined {
    try {
      this.#value();
      this.#blanks();
      if (this.#at < this.#text.length) this.#fail('Nothing may follow the end of the document');
    } catch (error) {
      if (error instanceof Wrong) return { message: error.message, at: error.at };
      throw error;
    }
    return undefined;
  }

  #value(): void {
    this.#blanks();
    const sign = this.#text.charAt(this.#at);
    if (sign === '{') this.#members();
    else if (sign === '[') this.#items();
    else if (sign === '"') this.#string();
    else if (
      !this.#word(/(?:true|false|null)(?![\w$])|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y)
    )
      this.#fail(this.#isAtEnd() ? 'A value is missing' : this.#oddValue(sign));
  }

  #members(): void {
    this.#at += 1;
    if (this.#takes('}')) return;
    do {
      this.#blanks();
      if (this.#text.charAt(this.#at) === '}') this.#fail('A comma must not come before }');
      if (this.#text.charAt(this.#at) !== '"')
        this.#fail('The name of a member, in double quotes, is expected here');
      this.#string();
      if (!this.#takes(':'))
        this.#fail('A colon is expected between the name of a member and its value');
      this.#value();
    } while (this.#takes(','));
    if (!this.#takes('}'))
      this.#fail(this.#isAtEnd() ? 'A } is missing' : 'A comma or } is expected here');
  }

  #items(): void {
    this.#at += 1;
    if (this.#takes(']')) return;
    do {
      this.#blanks();
      if (this.#text.charAt(this.#at) === ']') this.#fail('A comma must not come before ]');
      this.#value();
    } while (this.#takes(','));
    if (!this.#takes(']'))
      this.#fail(this.#isAtEnd() ? 'A ] is missing' : 'A comma or ] is expected here');
  }

  #string(): void {
    const start = this.#at;
    this.#at += 1;
    for (; this.#at < this.#text.length; this.#at++) {
      const sign = this.#text.charAt(this.#at);
      if (sign === '"') {
        this.#at += 1;
        return;
      }
      if (sign < ' ') this.#fail('A string cannot go over a line: write \\n for a new line');
      if (sign === '\\' && !this.#word(/\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y, -1)) {
        this.#fail('This is no escape that JSON has');
      }
    }
    this.#at = start;
    this.#fail('The string that begins here has no end');
  }

  #oddValue(sign: string): string {
    if (sign === "'") return 'Strings are in double quotes';
    if (sign === '}' || sign === ']' || sign === ',') return `A value is expected before ${sign}`;
    return 'This is no value: strings are in double quotes';
  }

  /** Goes on behind what the pattern matches here; `back` steps less. */
  #word(pattern: RegExp, back = 0): boolean {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found) this.#at += found[0].length + back;
    return found !== null;
  }

  #takes(sign: string): boolean {
    this.#blanks();
    if (this.#text.charAt(this.#at) !== sign) return false;
    this.#at += 1;
    return true;
  }

  #isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  #blanks(): void {
    this.#word(/[ \t\r\n]*/y);
  }

  #fail(message: string): never {
    throw new Wrong(message, this.#at);
  }
}
