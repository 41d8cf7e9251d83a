import { describe, expect, it } from 'vitest';
import { parseJson } from './jsonSyntax';

const problem = (text: string) => {
  const parsed = parseJson(text);
  return 'problem' in parsed ? parsed.problem : undefined;
};

describe('JSON with a mistake', () => {
  it('is read when it has none', () => {
    const text = '{"a": [1, -2.5e3, true, null, "x\\n\\u00e4\\""], "b": {}}';
    expect(parseJson(text)).toEqual({ value: JSON.parse(text) });
  });

  it.each([
    ['{\n  "a": 1,\n}', 3, 1, 'A comma must not come before }'],
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3, 'A comma or } is expected here'],
    ["{'a': 1}", 1, 2, 'The name of a member, in double quotes, is expected here'],
    ['{"a": \'x\'}', 1, 7, 'Strings are in double quotes'],
    ['{"a": [1, 2', 1, 12, 'A ] is missing'],
    ['{"a" 1}', 1, 6, 'A colon is expected between the name of a member and its value'],
    ['{"a": yes}', 1, 7, 'This is no value: strings are in double quotes'],
    ['{"a": truely}', 1, 7, 'This is no value: strings are in double quotes'],
    ['{"a": "x\ny"}', 1, 9, 'A string cannot go over a line: write \\n for a new line'],
    ['{"a": "x\\d"}', 1, 9, 'This is no escape that JSON has'],
    ['{"a": "x', 1, 7, 'The string that begins here has no end'],
    ['{} x', 1, 4, 'Nothing may follow the end of the document'],
    ['', 1, 1, 'A value is missing'],
    ['{"a": 01}', 1, 8, 'A comma or } is expected here'],
  ])('%j is wrong in line %i, column %i', (text, line, column, message) => {
    expect(problem(text)).toEqual({ message, line, column });
  });
});
