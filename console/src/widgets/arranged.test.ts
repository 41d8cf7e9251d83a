import { describe, expect, test, vi } from 'vitest';
import { matching, readAhead, same, sorted } from './arranged';

interface Task {
  name?: string;
  cpu?: number;
}

const name = { id: 'name', value: ({ name }: Task) => name };
const cpu = { id: 'cpu', value: ({ cpu }: Task) => cpu };
const facets = [name, cpu, { id: 'none' }];
const a = { name: 'Web one', cpu: 256 };
const b = { name: 'api', cpu: 1024 };
const c = {};

test('what was read ahead is not worked out again, and one can stop it', () => {
  vi.useFakeTimers();
  const value = vi.fn((item: Task) => item.name);
  const items = Array.from({ length: 1_200 }, (_, number) => ({ name: `web ${number}` }));
  const one = [{ id: 'name', value }];
  const stop = readAhead(items, one);
  vi.advanceTimersToNextTimer();
  stop();
  vi.runAllTimers();
  expect(value).toHaveBeenCalledTimes(500);
  readAhead(items, one);
  vi.runAllTimers();
  vi.useRealTimers();
  expect(matching(items, 'web 1199', one)).toEqual([items[1_199]]);
  expect(value).toHaveBeenCalledTimes(1_200);
});

describe('matching', () => {
  test('all of them without a text', () => {
    const items = [a, b];
    expect(matching(items, '  ', facets)).toBe(items);
  });

  test('every word, in any column, in any case', () => {
    expect(matching([a, b, c], 'WEB 256', facets)).toEqual([a]);
    expect(matching([a, b, c], 'web 1024', facets)).toEqual([]);
  });

  test('a word does not reach over two columns', () => {
    expect(matching([{ name: 'ab', cpu: 12 }], 'b1', facets)).toEqual([]);
  });

  test('works out the text of an item once', () => {
    const value = vi.fn(({ name }: Task) => name);
    const columns = [{ id: 'name', value }];
    matching([a, b], 'x', columns);
    matching([a, b], 'xy', columns);
    expect(value).toHaveBeenCalledTimes(2);
    matching([a, { ...b, name: 'xy' }], 'xy', columns);
    expect(value).toHaveBeenCalledTimes(3);
  });
});

describe('sorted', () => {
  test('numbers by their size, in either direction, those without one last', () => {
    expect(sorted([c, b, a], cpu, false)).toEqual([a, b, c]);
    expect(sorted([c, a, b], cpu, true)).toEqual([b, a, c]);
  });

  test('as they are without a column', () => {
    expect(sorted([b, a], undefined, true)).toEqual([b, a]);
  });

  test('those that are alike stay as they were', () => {
    const items = [
      { name: 'x', cpu: 2 },
      { name: 'x', cpu: 1 },
    ];
    expect(sorted(items, name, true)).toEqual(items);
  });
});

test('the same items are the same list', () => {
  const former = [a, b];
  expect(same(former, [a, b])).toBe(former);
  expect(same(former, [b, a])).not.toBe(former);
  expect(same(former, [a])).toHaveLength(1);
});
