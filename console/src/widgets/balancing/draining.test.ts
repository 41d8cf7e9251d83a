import { expect, test } from 'vitest';
import { drainingAfter, drainingSince, drainingText } from './draining';

const target = (Id: string, State: 'draining' | 'healthy' | 'unhealthy.draining') => ({
  Target: { Id, Port: 80 },
  TargetHealth: { State },
});

test('draining counts from when it was first seen, and ends with it', () => {
  const first = drainingAfter(new Map(), [target('a', 'draining'), target('b', 'healthy')], 1_000);
  expect([...first]).toEqual([['a:80', 1_000]]);
  const second = drainingAfter(
    first,
    [target('a', 'draining'), target('b', 'unhealthy.draining')],
    5_000,
  );
  expect(second.get('a:80')).toBe(1_000);
  expect(second.get('b:80')).toBe(5_000);
  expect(drainingAfter(second, [target('b', 'healthy'), {}], 9_000).size).toBe(0);
});

test.each([
  [-3, 60, 'for at most 60 s'],
  [0, 60, 'for at most 60 s'],
  [0.4, Number.NaN, ''],
  [12.7, 60, 'for 12 s of at most 60 s'],
  [12.7, Number.NaN, 'for 12 s'],
])('what drains since %d s says nothing of milliseconds', (seconds, delay, text) => {
  expect(drainingText(seconds, delay)).toBe(text);
});

test('a target that is drawn as it was before, healthy, is not said to drain', () => {
  const known = new Map([['a:80', 1_000]]);
  expect(drainingSince(known, target('a', 'healthy'))).toBeUndefined();
  expect(drainingSince(known, target('a', 'draining'))).toBe(1_000);
});
