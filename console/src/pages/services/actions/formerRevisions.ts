/** The task definitions that a service had before: where one can roll back to. */
import { nameOf } from '../../../aws/arns';
import type { Deployments } from '../queries';

/** `family:revision` of each, newest first, that was completed and is not the current one. */
export function formerRevisions(
  { deployments, revisions }: Deployments,
  current: string | undefined,
): string[] {
  const found = new Set<string>();
  for (const { status, targetServiceRevision, rollback } of deployments) {
    // The target of a deployment that was taken back is what failed: only its way back counts.
    const arns =
      status === 'SUCCESSFUL' ? [targetServiceRevision?.arn] : [rollback?.serviceRevisionArn];
    for (const arn of arns) {
      const definition = revisions.get(arn ?? '')?.taskDefinition;
      if (definition) found.add(nameOf(definition));
    }
  }
  found.delete(nameOf(current));
  return [...found];
}
