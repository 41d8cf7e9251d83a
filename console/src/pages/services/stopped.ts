/** Failed tasks of a service, by why they failed. */
import type { Task } from '@aws-sdk/client-ecs';
import { nameOf } from '../../aws/arns';
import { isFailedTask, reasonsOf } from '../../widgets/failedTask';
import { grouped } from './grouped';

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
