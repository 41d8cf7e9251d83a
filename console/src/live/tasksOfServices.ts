/** The tasks of some services, of whichever clusters: those that run, and those that stopped lately. */
import type { Task } from '@aws-sdk/client-ecs';
import { clusterOf, nameOf } from '../aws/arns';
import * as ecs from '../aws/ecs';
import { Collection, type Snapshot, type Source } from './collection';
import { pages, useCollection } from './collections';

export interface NamedService {
  readonly cluster: string;
  readonly service: string;
}

export function useTasksOf(services: readonly NamedService[]): Snapshot<Task> {
  const names = services.map(({ cluster, service }) => `${cluster}/${service}`).sort();
  return useCollection(
    `tasks of ${names.join(' ')}`,
    () => new Collection<Task>(tasksOfServices(services)),
  );
}

export function tasksOfServices(services: readonly NamedService[]): Source<Task> {
  const clusters = new Set(services.map(({ cluster }) => cluster));
  const groups = new Set(services.map(({ cluster, service }) => `${cluster}/service:${service}`));
  return {
    async *list(signal) {
      for (const { cluster, service: serviceName } of services) {
        for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
          yield* pages(
            (nextToken) =>
              ecs.listTasks({ cluster, serviceName, desiredStatus, nextToken }).send(signal),
            ({ taskArns }) => taskArns,
          );
        }
      }
    },
    describe: async (arns, signal) => {
      const found: Task[] = [];
      for (const cluster of new Set(arns.map(clusterOf))) {
        const tasks = arns.filter((arn) => clusterOf(arn) === cluster);
        found.push(...((await ecs.describeTasks({ cluster, tasks }).send(signal)).tasks ?? []));
      }
      return found;
    },
    describeMax: 100,
    idOf: ({ taskArn }) => taskArn ?? '',
    // Of a change one learns the task and its cluster only: whose it is, is seen when it is described.
    isAbout: ({ kind, cluster }) => kind === 'task' && clusters.has(nameOf(cluster)),
    isWanted: ({ taskArn, group }) => groups.has(`${clusterOf(taskArn)}/${group}`),
  };
}
