/** Who uses the revisions of a family, in all clusters, as it changes. */
import type { Service, Task } from '@aws-sdk/client-ecs';
import { useMemo, useRef } from 'react';
import { clusterOf, nameOf, revisionOf } from '../../aws/arns';
import * as ecs from '../../aws/ecs';
import { type Failure, failureOf } from '../../aws/failures';
import { Collection, type Snapshot } from '../../live/collection';
import { pages, useCollection } from '../../live/collections';
import { type Usage, usageByRevision } from './usage';

export interface UsageOfFamily {
  /** By the revision's ARN; none for a revision that nobody uses. */
  readonly byRevision: ReadonlyMap<string, Usage>;
  readonly isLoading: boolean;
  readonly failure?: Failure;
}

export function useUsage(family: string): UsageOfFamily {
  const services = useAllServices();
  const tasks = useCollection(`tasks of family ${family}`, () => tasksOf(family));
  const byRevision = useMemo(
    () => usageByRevision(services.items, tasks.items),
    [services.items, tasks.items],
  );
  // Looking again, as after every change, is no reason to say that one knows nothing.
  const isKnown = useRef(false);
  if (!services.isLoading && !tasks.isLoading) isKnown.current = true;
  return { byRevision, isLoading: !isKnown.current, failure: services.failure ?? tasks.failure };
}

/** Services of all clusters, but for INACTIVE ones. */
export function useAllServices(): Snapshot<Service> {
  return useCollection('services of all clusters', allServices);
}

const allServices = () =>
  new Collection<Service>({
    list: (signal) =>
      ofEveryCluster(signal, (cluster) =>
        pages(
          (nextToken) => ecs.listServices({ cluster, nextToken, maxResults: 100 }).send(signal),
          ({ serviceArns }) => serviceArns,
        ),
      ),
    describe: (arns, signal) =>
      ofEach(arns, async (cluster, services) => {
        const answer = await ecs.describeServices({ cluster, services }).send(signal);
        return answer.services ?? [];
      }),
    describeMax: 10,
    idOf: ({ serviceArn }) => serviceArn ?? '',
    isAbout: ({ kind }) => kind === 'service',
    isWanted: ({ status }) => status !== 'INACTIVE',
  });

const tasksOf = (family: string) =>
  new Collection<Task>({
    async *list(signal) {
      for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
        yield* ofEveryCluster(signal, (cluster) =>
          pages(
            (nextToken) =>
              ecs.listTasks({ cluster, family, desiredStatus, nextToken }).send(signal),
            ({ taskArns }) => taskArns,
          ),
        );
      }
    },
    describe: (arns, signal) =>
      ofEach(arns, async (cluster, tasks) => {
        const answer = await ecs.describeTasks({ cluster, tasks }).send(signal);
        return answer.tasks ?? [];
      }),
    describeMax: 100,
    idOf: ({ taskArn }) => taskArn ?? '',
    isAbout: ({ kind }) => kind === 'task',
    isWanted: ({ lastStatus, taskDefinitionArn }) =>
      lastStatus !== 'STOPPED' && revisionOf(taskDefinitionArn).family === family,
  });

async function* ofEveryCluster(
  signal: AbortSignal,
  list: (cluster: string) => AsyncIterable<readonly string[]>,
): AsyncGenerator<readonly string[]> {
  const clusters = pages(
    (nextToken) => ecs.listClusters({ nextToken }).send(signal),
    ({ clusterArns }) => clusterArns,
  );
  for await (const arns of clusters) {
    for (const arn of arns) yield* unlessGone(list(nameOf(arn)));
  }
}

/** A cluster that was deleted since it was listed has nothing that uses a revision. */
async function* unlessGone(
  lists: AsyncIterable<readonly string[]>,
): AsyncGenerator<readonly string[]> {
  try {
    yield* lists;
  } catch (error) {
    if (failureOf(error).code !== 'ClusterNotFoundException') throw error;
  }
}

/** Asks each cluster for those of the ARNs that are in it. */
async function ofEach<T>(
  arns: readonly string[],
  ask: (cluster: string, arns: string[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const byCluster = new Map<string, string[]>();
  for (const arn of arns) {
    const cluster = clusterOf(arn);
    byCluster.set(cluster, [...(byCluster.get(cluster) ?? []), arn]);
  }
  const answers = [...byCluster].map(([cluster, own]) => ask(cluster, own));
  return (await Promise.all(answers)).flat();
}
