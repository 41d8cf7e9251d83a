/** What a family is after some of its revisions are deregistered. */
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { revisionOf } from '../../../aws/arns';
import { newestFirst, shortName } from '../summary';

export interface Afterwards {
  readonly family: string;
  /** No ACTIVE revision is left. */
  readonly isFamilyInactive: boolean;
  /** The revision that the bare family then means, when that is another one than before. */
  readonly latest?: string;
}

export function afterDeregistration(
  all: readonly TaskDefinition[],
  deregistered: readonly TaskDefinition[],
): Afterwards {
  const gone = new Set(deregistered.map(({ taskDefinitionArn }) => taskDefinitionArn));
  const active = newestFirst(all.filter(({ status }) => status === 'ACTIVE'));
  const left = active.filter(({ taskDefinitionArn }) => !gone.has(taskDefinitionArn));
  const { family } = revisionOf(deregistered[0]?.taskDefinitionArn);
  const [next] = left;
  const isOther = next !== undefined && next !== active[0];
  return { family, isFamilyInactive: !left.length, latest: isOther ? shortName(next) : undefined };
}
