import { describe, expect, it } from 'vitest';
import { maskedPair, shownValue } from './maskedChanges';
import { unifiedLines } from './unified';

describe('a difference as text', () => {
  it('has the lines that go and come', () => {
    const lines = unifiedLines({ a: 1, b: 2 }, { a: 1, b: 3 }, true);
    expect(lines.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'same {',
      'same   "a": 1,',
      'removed   "b": 2',
      'added   "b": 3',
      'same }',
    ]);
  });

  it('is empty for what is the same', () => {
    expect(unifiedLines({ a: 1 }, { a: 1 }, false)).toEqual([]);
  });
});

describe('secrets in a difference', () => {
  const of = (value: string) => ({ environment: [{ name: 'DB_PASSWORD', value }] });

  it('are masked, and seen to be another', () => {
    const [from, to] = maskedPair(of('old'), of('new'));
    expect(JSON.stringify([from, to])).not.toMatch(/old|new/);
    expect(from).not.toEqual(to);
    const [same, again] = maskedPair(of('old'), of('old'));
    expect(same).toEqual(again);
  });

  it('are masked as values of a change, until asked for', () => {
    expect(shownValue('old', 'DB_PASSWORD', false)).toBe('••••••••');
    expect(shownValue('old', 'DB_PASSWORD', true)).toBe('old');
    const pair = { name: 'DB_PASSWORD', value: 'old' };
    expect(shownValue(pair, 'DB_PASSWORD', false)).not.toMatch(/old/);
    expect(shownValue([pair], 'environment', false)).not.toMatch(/old/);
    expect(shownValue({ name: 'web', environment: [pair] }, 'web', false)).not.toMatch(/old/);
  });
});
