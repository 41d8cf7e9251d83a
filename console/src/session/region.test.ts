import { expect, test } from 'vitest';
import { REGIONS, regionOfPath } from './region';

test.each([
  ['/console/us-east-1/clusters', 'us-east-1'],
  ['/console/us-gov-west-1', 'us-gov-west-1'],
  ['/console/ap-southeast-2/', 'ap-southeast-2'],
  ['/console/clusters', undefined],
  ['/console/task-definitions/web', undefined],
  ['/console/', undefined],
  ['/console', undefined],
  ['/console/us-east-1x/clusters', undefined],
])('%s names the Region %s', (path, expected) => {
  expect(regionOfPath(path)).toBe(expected);
});

test('every Region that is offered can stand in a path', () => {
  for (const { id } of REGIONS) expect(regionOfPath(`/console/${id}/clusters`)).toBe(id);
});
