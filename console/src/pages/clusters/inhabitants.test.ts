import { expect, it } from 'vitest';
import { inhabitants } from './inhabitants';

it('names what lives in a cluster in the order in which ECS refuses', () => {
  const found = inhabitants({
    registeredContainerInstancesCount: 1,
    activeServicesCount: 2,
    runningTasksCount: 2,
    pendingTasksCount: 1,
  });
  expect(found.map(({ count }) => count)).toEqual([
    '1 container instance',
    '2 services',
    '3 tasks',
  ]);
});

it('finds nothing in an empty cluster', () => {
  expect(inhabitants({})).toEqual([]);
});
