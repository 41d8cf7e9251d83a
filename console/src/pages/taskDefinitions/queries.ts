/** What the pages of task definitions ask. */
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { nameOf } from '../../aws/arns';
import * as ecs from '../../aws/ecs';
import { pages } from '../../live/collections';
import { useLiveQuery } from '../../live/useLiveQuery';

export type FamilyStatus = 'ACTIVE' | 'INACTIVE';

/** The names of the families of that list. */
export function useFamilies(status: FamilyStatus) {
  return useLiveQuery<string[]>({
    key: ['families', status],
    kinds: ['family', 'task-definition'],
    ask: (signal) =>
      whole(
        (nextToken) => ecs.listTaskDefinitionFamilies({ status, nextToken }).send(signal),
        (page) => page.families ?? [],
      ),
  });
}

/** The revision that stands for a family in its list: the latest one that is ACTIVE, if any is. */
export function useLatest(family: string, status: FamilyStatus) {
  return useLiveQuery<TaskDefinition | null>({
    key: ['latest revision', family, status],
    kinds: ['task-definition'],
    arns: [family],
    ask: async (signal) => {
      const statuses = status === 'ACTIVE' ? ['ACTIVE'] : ['INACTIVE', 'DELETE_IN_PROGRESS'];
      for (const one of statuses as ('ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS')[]) {
        const { taskDefinitionArns: [taskDefinition] = [] } = await ecs
          .listTaskDefinitions({ familyPrefix: family, status: one, sort: 'DESC', maxResults: 1 })
          .send(signal);
        if (!taskDefinition) continue;
        const answer = await ecs.describeTaskDefinition({ taskDefinition }).send(signal);
        return answer.taskDefinition ?? null;
      }
      return null;
    },
  });
}

export interface Described {
  readonly definition: TaskDefinition;
  readonly tags: readonly { key?: string; value?: string }[];
}

/** One revision with its tags: `web:3`, or `web` for the latest that is ACTIVE. */
export function useRevision(name: string, { enabled = true } = {}) {
  return useLiveQuery<Described>({
    key: ['task definition', name],
    kinds: ['task-definition'],
    arns: [name, name.split(':')[0] ?? name],
    enabled,
    ask: async (signal) => {
      const { taskDefinition = {}, tags = [] } = await ecs
        .describeTaskDefinition({ taskDefinition: name, include: ['TAGS'] })
        .send(signal);
      return { definition: taskDefinition, tags };
    },
  });
}

/** The names of the clusters there are. */
export function useClusterNames() {
  return useLiveQuery<string[]>({
    key: ['cluster names'],
    kinds: ['cluster'],
    ask: (signal) =>
      whole(
        (nextToken) => ecs.listClusters({ nextToken }).send(signal),
        ({ clusterArns = [] }) => clusterArns.map((arn) => nameOf(arn)),
      ),
  });
}

async function whole<P extends { nextToken?: string }>(
  ask: (nextToken: string | undefined) => Promise<P>,
  itemsOf: (page: P) => readonly string[],
): Promise<string[]> {
  const all: string[] = [];
  for await (const items of pages(ask, itemsOf)) all.push(...items);
  return all;
}
