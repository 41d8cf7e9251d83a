/** Which tasks ECS gave up when their container instance was deregistered by force. */
import type { Task } from '@aws-sdk/client-ecs';

const FORCED = /deregistration forced/i;

/** ECS recorded it as STOPPED and knows no more of it; its containers run on. */
export function isOrphaned({ lastStatus, stoppedReason = '' }: Task): boolean {
  return lastStatus === 'STOPPED' && FORCED.test(stoppedReason);
}
