import { expect, test } from 'vitest';
import { partsOf } from './eventParts';

test('tasks and target groups of a message are cut out, and the rest stays as it is', () => {
  const message =
    '(service web) has started 2 tasks: (task 0a1b) (task 2c3d) in (target-group arn:aws:x/y).';
  const parts = partsOf(message);
  expect(parts.map(({ text }) => text).join('')).toBe(message);
  expect(parts.filter(({ kind }) => kind === 'task').map(({ name }) => name)).toEqual([
    '0a1b',
    '2c3d',
  ]);
  expect(parts.find(({ kind }) => kind === 'target group')?.name).toBe('arn:aws:x/y');
});

test('a message that names nothing is one part', () => {
  expect(partsOf('(service web) has reached a steady state.')).toHaveLength(1);
  expect(partsOf('')).toEqual([]);
});
