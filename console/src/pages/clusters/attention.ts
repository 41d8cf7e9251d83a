/** What in a cluster somebody should look at. Pure. */
import type { ContainerInstance, Service, Task } from '@aws-sdk/client-ecs';

/** Services that have not (or no longer) what they are to have. */
export function unsteadyServices(services: readonly Service[]): Service[] {
  return services.filter(
    ({ status, runningCount = 0, desiredCount = 0, pendingCount = 0, deployments = [] }) =>
      status === 'ACTIVE' &&
      (runningCount !== desiredCount ||
        pendingCount > 0 ||
        deployments.length > 1 ||
        deployments.some(({ rolloutState }) => rolloutState && rolloutState !== 'COMPLETED')),
  );
}

/** Instances that are there, and whose agent is not heard of. */
export function disconnectedInstances(instances: readonly ContainerInstance[]) {
  return instances.filter(
    ({ status, agentConnected }) =>
      (status === 'ACTIVE' || status === 'DRAINING') && agentConnected === false,
  );
}

export interface Failures {
  /** The service's or family's name. */
  readonly group: string;
  readonly reason: string;
  readonly count: number;
  readonly newest: Task;
}

export const LATELY_SECONDS = 3_600;

/** Tasks that ended as nobody wanted, within the last hour, alike ones together. */
export function failuresOf(tasks: readonly Task[], nowMs: number): Failures[] {
  const found = new Map<string, Failures>();
  for (const task of tasks) {
    if (!hasFailed(task) || endedSecondsAgo(task, nowMs) > LATELY_SECONDS) continue;
    const [group, reason] = [nameOfGroup(task.group), reasonOf(task)];
    const key = `${group} ${withoutIds(reason)}`;
    const before = found.get(key);
    const isNewer = endedAt(task) > endedAt(before?.newest);
    found.set(key, {
      group,
      reason: isNewer || !before ? reason : before.reason,
      count: (before?.count ?? 0) + 1,
      newest: isNewer || !before ? task : before.newest,
    });
  }
  return [...found.values()].sort((a, b) => endedAt(b.newest) - endedAt(a.newest));
}

function hasFailed(task: Task): boolean {
  if (task.lastStatus !== 'STOPPED') return false;
  if (task.stopCode === 'TaskFailedToStart') return true;
  if (task.stopCode !== 'EssentialContainerExited') return false;
  return (task.containers ?? []).some(({ exitCode }) => exitCode !== 0);
}

function reasonOf(task: Task): string {
  const container = task.containers?.find(({ reason, exitCode }) => reason || exitCode);
  const exit = container?.exitCode ? `exit code ${container.exitCode}` : undefined;
  const detail = [exit, container?.reason].filter(Boolean).join(', ');
  const reason = task.stoppedReason ?? task.stopCode ?? 'no reason is told';
  return detail ? `${reason} (${container?.name}: ${detail})` : reason;
}

/** Ids are another for each task, though the trouble is the same. */
function withoutIds(reason: string): string {
  return reason.replace(/[0-9a-f]{8,}/g, '…');
}

function nameOfGroup(group: string | undefined): string {
  return (group ?? '').replace(/^(service|family):/, '') || 'standalone';
}

function endedAt(task: Task | undefined): number {
  return (task?.stoppedAt ?? task?.stoppingAt)?.getTime() ?? 0;
}

function endedSecondsAgo(task: Task, nowMs: number): number {
  return (nowMs - endedAt(task)) / 1_000;
}
