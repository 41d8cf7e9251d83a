import { expect, test } from 'vitest';
import { pairOf } from './pair';

test.each([
  ['names both', 'from=1&to=3', [1, 2, 3, 4], { from: 1, to: 3 }],
  ['names both before they are listed', 'from=1&to=3', [], { from: 1, to: 3 }],
  ['names neither', '', [2, 10, 9], { from: 9, to: 10 }],
  ['names the older one', 'from=2', [1, 2, 3], { from: 2, to: 3 }],
  ['names the newest as the older one', 'from=3', [1, 2, 3], { from: 3, to: 2 }],
  ['names the newer one', 'to=2', [1, 2, 3], { from: 1, to: 2 }],
  ['names what is no number', 'from=x&to=0', [1, 2], { from: 1, to: 2 }],
])('an address that %s', (_, search, numbers, expected) => {
  expect(pairOf(new URLSearchParams(search), numbers)).toEqual(expected);
});

test('one revision has no other to be compared with', () => {
  expect(pairOf(new URLSearchParams(), [4])).toBeUndefined();
  expect(pairOf(new URLSearchParams('from=4'), [4])).toBeUndefined();
  expect(pairOf(new URLSearchParams(), [])).toBeUndefined();
});
