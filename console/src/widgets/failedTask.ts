/** Which stopped tasks nobody wanted to stop, and why they did. */
import type { Task } from '@aws-sdk/client-ecs';

/** Whether it ended by itself, or never began: not by the scheduler's or a user's wish. */
export function isFailedTask({
  lastStatus,
  stopCode,
  containers = [],
  stoppedReason = '',
}: Task): boolean {
  if (lastStatus !== 'STOPPED') return false;
  if (stopCode === 'TaskFailedToStart' || stopCode === 'EssentialContainerExited') return true;
  if (stopCode === 'ServiceSchedulerInitiated')
    return /health check|unhealthy/i.test(stoppedReason);
  if (stopCode === 'UserInitiated') return false;
  return containers.some(({ exitCode }) => exitCode !== undefined && exitCode !== 0);
}

/** Why it stopped: the task's reason, then what its containers say. */
export function reasonsOf(task: Task): string[] {
  const { stoppedReason, containers = [] } = task;
  const ofContainers = containers.flatMap(({ name, reason, exitCode }) => {
    const parts = [
      reason && reason !== stoppedReason ? reason : '',
      exitCode !== undefined ? `exit code ${exitCode}` : '',
    ].filter(Boolean);
    return parts.length ? `${name ?? 'container'}: ${parts.join(', ')}` : [];
  });
  return [...(stoppedReason ? [stoppedReason] : []), ...ofContainers];
}
