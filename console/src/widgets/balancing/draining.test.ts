import { expect, test } from 'vitest';
import { drainingAfter } from './draining';

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
