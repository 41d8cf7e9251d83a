/**
 * All revisions of a family, of every status, each described once. What a revision says never
 * changes, so that one is asked for anew only when its status did.
 */
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { useMemo } from 'react';
import { revisionOf } from '../../aws/arns';
import * as ecs from '../../aws/ecs';
import { failureOf } from '../../aws/failures';
import { Collection, type Snapshot } from '../../live/collection';
import { pages, useCollection } from '../../live/collections';
import { useLiveQuery } from '../../live/useLiveQuery';

export const STATUSES = ['ACTIVE', 'INACTIVE', 'DELETE_IN_PROGRESS'] as const;
export type RevisionStatus = (typeof STATUSES)[number];

/** Asked for at a time: rows appear while the rest is being described. */
const DESCRIBED_AT_ONCE = 12;

/** All that are listed at once; those not described yet have a name and a status only. */
export function useRevisions(family: string): Snapshot<TaskDefinition> {
  const described = useCollection(`revisions ${family}`, () => revisionsOf(family));
  const listed = useLiveQuery<TaskDefinition[]>({
    key: ['listed revisions', family],
    kinds: ['task-definition'],
    arns: [family],
    ask: (signal) => listedRevisions(family, signal),
  });
  const items = useMemo(
    () => (listed.data ? filledIn(listed.data, described.items) : described.items),
    [listed.data, described.items],
  );
  return {
    items,
    listed: items.length,
    isLoading: listed.isPending,
    failure: listed.error ?? described.failure,
  };
}

/** The list says which there are and their statuses; the descriptions all the rest. */
export function filledIn(
  listed: readonly TaskDefinition[],
  described: readonly TaskDefinition[],
): TaskDefinition[] {
  const byArn = new Map(described.map((one) => [one.taskDefinitionArn, one]));
  return listed.map((one) => {
    const found = byArn.get(one.taskDefinitionArn);
    if (!found) return one;
    return found.status === one.status ? found : { ...found, status: one.status };
  });
}

async function listedRevisions(family: string, signal: AbortSignal): Promise<TaskDefinition[]> {
  const found: TaskDefinition[] = [];
  for (const status of STATUSES) {
    for await (const arns of listings(family, status, signal)) {
      for (const arn of arns) {
        found.push({ taskDefinitionArn: arn, revision: revisionOf(arn).revision, status });
      }
    }
  }
  return found;
}

function listings(family: string, status: RevisionStatus, signal: AbortSignal) {
  return pages(
    (nextToken) =>
      ecs
        .listTaskDefinitions({ familyPrefix: family, status, sort: 'DESC', nextToken })
        .send(signal),
    (page) => page.taskDefinitionArns,
  );
}

function revisionsOf(family: string): Collection<TaskDefinition> {
  const known = new Map<string, TaskDefinition>();
  const listedAs = new Map<string, string>();
  const describe = async (arn: string, signal: AbortSignal) => {
    const listed = listedAs.get(arn);
    listedAs.delete(arn);
    const before = known.get(arn);
    if (before && before.status === listed) return before;
    const definition = await described(arn, signal);
    if (definition) known.set(arn, definition);
    else known.delete(arn);
    return definition;
  };
  return new Collection<TaskDefinition>({
    async *list(signal) {
      for (const status of STATUSES) {
        for await (const arns of listings(family, status, signal)) {
          for (const arn of arns) listedAs.set(arn, status);
          yield arns;
        }
      }
    },
    describe: async (arns, signal) => {
      const found = await Promise.all(arns.map((arn) => describe(arn, signal)));
      return found.filter((one) => one !== undefined);
    },
    describeMax: DESCRIBED_AT_ONCE,
    idOf: ({ taskDefinitionArn }) => taskDefinitionArn ?? '',
    isAbout: ({ kind, arn }) => kind === 'task-definition' && revisionOf(arn).family === family,
  });
}

/** Undefined for a revision that is gone: its last user ended after it was deleted. */
async function described(arn: string, signal: AbortSignal): Promise<TaskDefinition | undefined> {
  try {
    return (await ecs.describeTaskDefinition({ taskDefinition: arn }).send(signal)).taskDefinition;
  } catch (error) {
    if (!signal.aborted && failureOf(error).code === 'ClientException') return undefined;
    throw error;
  }
}
