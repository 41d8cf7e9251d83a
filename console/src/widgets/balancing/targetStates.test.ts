import { expect, test } from 'vitest';
import { countsByState } from './targetStates';

test('states that need attention come first, unknown ones are counted too', () => {
  expect(countsByState(['healthy', 'draining', 'healthy', undefined, 'unhealthy'])).toEqual([
    { state: 'unhealthy', count: 1 },
    { state: 'draining', count: 1 },
    { state: 'healthy', count: 2 },
    { state: 'unknown', count: 1 },
  ]);
});
