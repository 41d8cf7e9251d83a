/** The collections there are: tasks, container instances and services of a cluster. */
import type { ContainerInstance, Service, Task } from '@aws-sdk/client-ecs';
import { useSyncExternalStore } from 'react';
import { nameOf } from '../aws/arns';
import * as ecs from '../aws/ecs';
import { region } from '../session/region';
import { session } from '../session/session';
import type { Change } from './changes';
import { Collection, type Snapshot } from './collection';

/** All tasks that ECS still tells of: those that run or are to, and those that stopped lately. */
export function useTasks(cluster: string): Snapshot<Task> {
  return useCollection(
    `tasks ${cluster}`,
    () =>
      new Collection<Task>({
        async *list(signal) {
          for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
            yield* pages(
              (nextToken) => ecs.listTasks({ cluster, desiredStatus, nextToken }).send(signal),
              ({ taskArns }) => taskArns,
            );
          }
        },
        describe: async (tasks, signal) =>
          (await ecs.describeTasks({ cluster, tasks: [...tasks], include: ['TAGS'] }).send(signal))
            .tasks ?? [],
        describeMax: 100,
        idOf: ({ taskArn }) => taskArn ?? '',
        isAbout: isIn('task', cluster),
      }),
  );
}

/** Container instances of every status that lists show: all but INACTIVE ones. */
export function useContainerInstances(cluster: string): Snapshot<ContainerInstance> {
  return useCollection(
    `container instances ${cluster}`,
    () =>
      new Collection<ContainerInstance>({
        list: (signal) =>
          pages(
            (nextToken) => ecs.listContainerInstances({ cluster, nextToken }).send(signal),
            (page) => page.containerInstanceArns,
          ),
        describe: async (containerInstances, signal) =>
          (
            await ecs
              .describeContainerInstances({
                cluster,
                containerInstances: [...containerInstances],
                include: ['TAGS', 'CONTAINER_INSTANCE_HEALTH'],
              })
              .send(signal)
          ).containerInstances ?? [],
        describeMax: 100,
        idOf: ({ containerInstanceArn }) => containerInstanceArn ?? '',
        isAbout: isIn('container-instance', cluster),
        isWanted: ({ status }) => status !== 'INACTIVE',
      }),
  );
}

/** Services that are ACTIVE or DRAINING. */
export function useServices(cluster: string): Snapshot<Service> {
  return useCollection(
    `services ${cluster}`,
    () =>
      new Collection<Service>({
        list: (signal) =>
          pages(
            (nextToken) => ecs.listServices({ cluster, nextToken, maxResults: 100 }).send(signal),
            ({ serviceArns }) => serviceArns,
          ),
        describe: async (services, signal) =>
          (
            await ecs
              .describeServices({ cluster, services: [...services], include: ['TAGS'] })
              .send(signal)
          ).services ?? [],
        describeMax: 10,
        idOf: ({ serviceArn }) => serviceArn ?? '',
        isAbout: isIn('service', cluster),
        isWanted: ({ status }) => status !== 'INACTIVE',
      }),
  );
}

function isIn(kind: string, cluster: string): (change: Change) => boolean {
  return (change) => change.kind === kind && nameOf(change.cluster) === cluster;
}

export async function* pages<P extends { nextToken?: string }>(
  ask: (nextToken: string | undefined) => Promise<P>,
  idsOf: (page: P) => readonly string[] | undefined,
): AsyncGenerator<readonly string[]> {
  let nextToken: string | undefined;
  do {
    const page = await ask(nextToken);
    yield idsOf(page) ?? [];
    nextToken = page.nextToken;
  } while (nextToken);
}

const kept = new Map<string, Collection<unknown>>();

/** The collection of that name, made when it is first shown; one for all who show it. */
export function useCollection<T>(name: string, make: () => Collection<T>): Snapshot<T> {
  const key = `${name} ${region()} ${session()?.accessKeyId}`;
  let collection = kept.get(key) as Collection<T> | undefined;
  if (!collection) {
    collection = make();
    kept.set(key, collection as Collection<unknown>);
  }
  return useSyncExternalStore(collection.subscribe, collection.snapshot);
}
