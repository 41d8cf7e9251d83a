import { describe, expect, it } from 'vitest';
import { shellLine, shellWords } from './shellWords';

describe('words of a command', () => {
  it.each([
    [['sh', '-c', 'echo hello > /www/index.html; exec httpd -f']],
    [['a', '', "it's", 'two\nlines', '"quoted"', 'back\\slash', '$HOME', ' ']],
    [[]],
  ])('come back as they were: %j', (words) => {
    expect(shellWords(shellLine(words))).toEqual(words);
  });

  it('are cut at blanks outside of quotes', () => {
    expect(shellWords(`sh  -c "a \\"b\\" c"  d\\ e 'f g'h`)).toEqual([
      'sh',
      '-c',
      'a "b" c',
      'd e',
      'f gh',
    ]);
  });

  it('reach to the end where a quote is not closed', () => {
    expect(shellWords("sh -c 'echo hi")).toEqual(['sh', '-c', 'echo hi']);
    expect(shellWords('sh "a b')).toEqual(['sh', 'a b']);
  });

  it('leave alone what a shell would expand', () => {
    expect(shellWords('echo $HOME *.txt')).toEqual(['echo', '$HOME', '*.txt']);
  });
});
