/** Which tasks a list shows: by how far they are, and those that failed. */
import type { Task } from '@aws-sdk/client-ecs';
import { isFailedTask } from '../../widgets/failedTask';

export type TaskGroup = 'pending' | 'running' | 'stopped';
export type Shown = 'all' | TaskGroup | 'failed';

const BEFORE_RUNNING = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING']);

/** A task that is on its way out still runs; so does one whose status is not known here. */
export function groupOf({ lastStatus }: Task): TaskGroup {
  if (lastStatus === 'STOPPED') return 'stopped';
  return lastStatus && BEFORE_RUNNING.has(lastStatus) ? 'pending' : 'running';
}

export type TaskCounts = Readonly<Record<Shown, number>>;

export function countTasks(tasks: readonly Task[]): TaskCounts {
  const counts = { all: tasks.length, pending: 0, running: 0, stopped: 0, failed: 0 };
  for (const task of tasks) {
    counts[groupOf(task)] += 1;
    if (isFailedTask(task)) counts.failed += 1;
  }
  return counts;
}

/** What an address says to show; all for what it cannot mean. */
export function shownOf(value: string): Shown {
  return value === 'pending' || value === 'running' || value === 'stopped' || value === 'failed'
    ? value
    : 'all';
}

export function shownTasks(tasks: readonly Task[], shown: Shown): readonly Task[] {
  if (shown === 'all') return tasks;
  if (shown === 'failed') return tasks.filter(isFailedTask);
  return tasks.filter((task) => groupOf(task) === shown);
}

export function countsText({ running, pending, stopped, failed }: TaskCounts): string {
  const ofThem = failed ? `, ${failed} of them failed` : '';
  return `${running} running, ${pending} pending, ${stopped} stopped${ofThem}`;
}

/** The service that keeps a task, by the group that its scheduler gave it. */
export function serviceOf({ group = '' }: Task): string | undefined {
  return group.startsWith('service:') ? group.slice('service:'.length) : undefined;
}

/** The tasks that StopTask can still do something to. */
export function stoppable(tasks: readonly Task[]): readonly Task[] {
  return tasks.filter(
    ({ lastStatus, desiredStatus }) => lastStatus !== 'STOPPED' && desiredStatus !== 'STOPPED',
  );
}
