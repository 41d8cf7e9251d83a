import { expect, test } from 'vitest';
import { slotsOf } from './slots';

const NONE = new Map<string, string>();

test('another page takes the places of the one before', () => {
  const first = slotsOf(NONE, ['a', 'b', 'c']);
  const second = slotsOf(first, ['d', 'e']);
  expect([...second]).toEqual([
    ['d', 'row 0'],
    ['e', 'row 1'],
  ]);
  expect([...slotsOf(second, ['f', 'g', 'h']).values()]).toEqual(['row 0', 'row 1', 'row 2']);
});

test('who stays keeps its place wherever it moves, and no place is given twice', () => {
  const before = slotsOf(NONE, ['a', 'b', 'c']);
  const after = slotsOf(before, ['new', 'c', 'a', 'other']);
  expect(after.get('a')).toBe(before.get('a'));
  expect(after.get('c')).toBe(before.get('c'));
  expect(after.get('new')).toBe(before.get('b'));
  expect(new Set(after.values()).size).toBe(4);
});
