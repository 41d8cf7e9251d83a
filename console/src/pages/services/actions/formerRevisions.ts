/** The task definitions that a service had before: where one can roll back to. */
import { nameOf } from '../../../aws/arns';
import type { Deployments } from '../queries';

const COMPLETED = new Set(['SUCCESSFUL', 'ROLLBACK_SUCCESSFUL']);

/** `family:revision` of each, newest first, that was completed and is not the current one. */
export function formerRevisions(
  { deployments, revisions }: Deployments,
  current: string | undefined,
): string[] {
  const found = new Set<string>();
  for (const { status = '', targetServiceRevision, sourceServiceRevisions = [] } of deployments) {
    const arns = [
      ...(COMPLETED.has(status) && targetServiceRevision?.arn ? [targetServiceRevision.arn] : []),
      ...sourceServiceRevisions.flatMap(({ arn }) => arn ?? []),
    ];
    for (const arn of arns) {
      const definition = revisions.get(arn)?.taskDefinition;
      if (definition) found.add(nameOf(definition));
    }
  }
  found.delete(nameOf(current));
  return [...found];
}
