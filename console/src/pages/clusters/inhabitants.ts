/** What keeps a cluster from being deleted, in the order in which ECS looks. */
import type { Cluster } from '@aws-sdk/client-ecs';
import { counted } from '../../widgets/plan/planWords';

export interface Inhabitants {
  readonly count: string;
  readonly tab: string;
  readonly todo: string;
}

export function inhabitants(cluster: Cluster): Inhabitants[] {
  const {
    registeredContainerInstancesCount: instances = 0,
    activeServicesCount: services = 0,
    runningTasksCount = 0,
    pendingTasksCount = 0,
  } = cluster;
  const tasks = runningTasksCount + pendingTasksCount;
  const all = [
    {
      number: instances,
      count: counted(instances, 'container instance'),
      tab: 'instances',
      todo: 'deregister each of them first.',
    },
    {
      number: services,
      count: counted(services, 'service'),
      tab: 'services',
      todo: 'delete each of them first.',
    },
    { number: tasks, count: counted(tasks, 'task'), tab: 'tasks', todo: 'stop them first.' },
  ];
  return all
    .filter(({ number }) => number > 0)
    .map(({ count, tab, todo }) => ({ count, tab, todo }));
}
