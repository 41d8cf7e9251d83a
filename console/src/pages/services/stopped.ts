/** Tasks that stopped, and which of them nobody wanted to stop. */
import type { Task } from '@aws-sdk/client-ecs';
import { nameOf } from '../../aws/arns';
import { grouped } from './grouped';

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

export interface FailureGroup {
  readonly revision: string;
  readonly reason: string;
  readonly tasks: readonly Task[];
  readonly newest: Date | undefined;
}

/** Failed tasks with the same reason together, those of the newest failure first. */
export function failuresOf(tasks: readonly Task[]): FailureGroup[] {
  const groups = grouped(
    tasks.filter(isFailedTask),
    (task) => `${nameOf(task.taskDefinitionArn)}\n${withoutIds(reasonsOf(task).join(' · '))}`,
  );
  return [...groups.entries()]
    .map(([key, members]) => {
      const sorted = [...members].sort((a, b) => endOf(b) - endOf(a));
      const [revision = ''] = key.split('\n');
      const first = sorted[0];
      const reason = (first && reasonsOf(first).join(' · ')) || 'No reason was given.';
      return { revision, reason, tasks: sorted, newest: first?.stoppedAt };
    })
    .sort((a, b) => (b.newest?.getTime() ?? 0) - (a.newest?.getTime() ?? 0));
}

/** Those that ended after a moment. */
export function tasksSince(tasks: readonly Task[], since: Date | undefined): readonly Task[] {
  if (!since) return tasks;
  return tasks.filter(({ stoppedAt, createdAt }) => (stoppedAt ?? createdAt ?? since) >= since);
}

/** Reasons name the task, its container or its port: what differs in that only is one reason. */
function withoutIds(reason: string): string {
  return reason
    .replace(/[0-9a-f]{12,}/g, '…')
    .replace(/\d+\.\d+\.\d+\.\d+/g, '…')
    .replace(/port \d+/g, 'port …');
}

function endOf({ stoppedAt, createdAt }: Task): number {
  return (stoppedAt ?? createdAt)?.getTime() ?? 0;
}
