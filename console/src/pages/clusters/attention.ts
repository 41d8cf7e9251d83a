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
  readonly isService: boolean;
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
    const key = `${task.group ?? ''} ${withoutIds(reason)}`;
    const before = found.get(key);
    const isNewer = endedAt(task) > endedAt(before?.newest);
    found.set(key, {
      group,
      isService: isOfService(task),
      reason: isNewer || !before ? reason : before.reason,
      count: (before?.count ?? 0) + 1,
      newest: isNewer || !before ? task : before.newest,
    });
  }
  return [...found.values()].sort((a, b) => endedAt(b.newest) - endedAt(a.newest));
}

/** A service that is not steady is told of once, with what failed of it; the rest is told apart. */
export function failuresApart(
  failures: readonly Failures[],
  unsteady: readonly Service[],
): Failures[] {
  const names = new Set(unsteady.map(({ serviceName }) => serviceName));
  return failures.filter(({ group, isService }) => !isService || !names.has(group));
}

/** What failed of a service, as far as it is not among the reasons that are told of it already. */
export function failuresUntold(
  service: Service,
  failures: readonly Failures[],
  holdUps: readonly string[],
): Failures[] {
  if (holdUps.some(tellsOfFailed)) return [];
  return failures.filter(({ group, isService }) => isService && group === service.serviceName);
}

/** `3 tasks failed in the last 20 s; …`, `task 9b14… failed 3 s ago: …` */
export function tellsOfFailed(holdUp: string): boolean {
  return /\btasks? ([0-9a-f]+ )?failed\b/.test(holdUp);
}

/** The words of a reason, with the ids of tasks apart from what is around them. */
export function splitAtTasks(reason: string): { text: string; isTask: boolean }[] {
  return reason
    .split(/\b([0-9a-f]{32})\b/)
    .map((text, index) => ({ text, isTask: index % 2 === 1 }));
}

function isOfService({ group = '' }: Task): boolean {
  return group.startsWith('service:');
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
