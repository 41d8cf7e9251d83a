/**
 * Who left a container instance, and what came in their place: read from the tasks that ECS tells
 * of, so that it is the same after the page was loaded anew. Pure.
 */
import type { ContainerInstance, Task } from '@aws-sdk/client-ecs';
import { balancedNameOf } from '../../aws/arns';
import { isOrphaned } from '../../widgets/orphanedTask';

/** ECS knows nothing of orphans: these are the last things that it told of them. */
export function orphansOf(tasks: readonly Task[], instanceArn: string): Task[] {
  return tasks.filter((task) => task.containerInstanceArn === instanceArn && isOrphaned(task));
}

/** Tasks of services that are there still, or that their scheduler stopped since it drains. */
export function leavingOf(
  tasks: readonly Task[],
  instanceArn: string,
  sinceMs: number | undefined,
): Task[] {
  return tasks.filter(
    (task) =>
      task.containerInstanceArn === instanceArn &&
      serviceOf(task) !== undefined &&
      (task.lastStatus !== 'STOPPED' ||
        (task.stopCode === 'ServiceSchedulerInitiated' &&
          sinceMs !== undefined &&
          leftAt(task) >= sinceMs)),
  );
}

/** What keeps ECS from deregistering them without force: also tasks that were asked to stop. */
export function liveTasksOn(
  tasks: readonly Task[],
  instances: readonly ContainerInstance[],
): Task[] {
  const arns = new Set(instances.map(({ containerInstanceArn }) => containerInstanceArn));
  return tasks.filter(
    ({ containerInstanceArn, lastStatus }) =>
      containerInstanceArn !== undefined &&
      arns.has(containerInstanceArn) &&
      lastStatus !== 'STOPPED',
  );
}

export interface Replaced {
  readonly service: string;
  readonly gone: readonly Task[];
  /** Tasks of the service that were made for it on other instances. */
  readonly replacements: readonly Task[];
}

/** When the first of them was given up, in ms; undefined if none was. */
export function givenUpAt(orphans: readonly Task[]): number | undefined {
  const moments = orphans.map(leftAt).filter((at) => at > 0);
  return moments.length ? Math.min(...moments) : undefined;
}

/** Service by service: who leaves, and what was started elsewhere since; nothing if that is not known. */
export function replacedOf(
  departed: readonly Task[],
  tasks: readonly Task[],
  sinceMs: number | undefined,
): Replaced[] {
  const names = new Set(departed.flatMap((task) => serviceOf(task) ?? []));
  return [...names].sort().map((service) => {
    const gone = departed.filter((task) => serviceOf(task) === service);
    const here = gone[0]?.containerInstanceArn;
    const started = tasks.filter(
      (task) =>
        serviceOf(task) === service &&
        task.desiredStatus === 'RUNNING' &&
        task.containerInstanceArn !== here &&
        sinceMs !== undefined &&
        madeAt(task) >= sinceMs,
    );
    // No more of them than left: what was started after that has another reason.
    const replacements = started.sort((a, b) => madeAt(a) - madeAt(b)).slice(0, gone.length);
    return { service, gone, replacements };
  });
}

function madeAt({ createdAt }: Task): number {
  return createdAt?.getTime() ?? 0;
}

export function serviceOf({ group }: Task): string | undefined {
  return group?.startsWith('service:') ? group.slice('service:'.length) : undefined;
}

/** When it was asked to stop or given up, in ms; 0 for one that was not. */
export function leftAt(task: Task): number {
  return (task.stoppingAt ?? task.stoppedAt)?.getTime() ?? 0;
}

export interface TaskInterface {
  readonly id: string;
  readonly address: string | undefined;
  readonly task: Task;
}

/** Network interfaces of tasks in awsvpc mode. */
export function interfacesOf(tasks: readonly Task[]): TaskInterface[] {
  return tasks.flatMap((task) =>
    (task.attachments ?? []).flatMap(({ type, details = [] }) => {
      const of = (name: string) => details.find((one) => one.name === name)?.value;
      const id = of('networkInterfaceId');
      return type === 'ElasticNetworkInterface' && id
        ? [{ id, address: of('privateIPv4Address'), task }]
        : [];
    }),
  );
}

export interface Target {
  readonly group: string;
  readonly id: string;
  readonly port: number | undefined;
  readonly state: string | undefined;
}

export interface DrainingTarget extends Target {
  readonly groupName: string;
  /** Until it is deregistered whatever is under way; undefined where that is not known. */
  readonly secondsLeft: number | undefined;
}

/** Targets of those who left that still answer what was under way. */
export function drainingOf(
  targets: readonly Target[],
  departed: readonly Task[],
  ec2InstanceId: string | undefined,
  delays: ReadonlyMap<string, number>,
  nowMs: number,
): DrainingTarget[] {
  return targets
    .filter(({ state }) => state?.endsWith('draining'))
    .flatMap((target) => {
      const task = departed.find((one) => isTargetOf(target, one, ec2InstanceId));
      if (!task) return [];
      const delay = delays.get(target.group);
      const left = leftAt(task);
      const secondsLeft =
        delay === undefined || !left ? undefined : Math.max(0, delay - (nowMs - left) / 1_000);
      return [{ ...target, groupName: balancedNameOf(target.group), secondsLeft }];
    });
}

function isTargetOf(target: Target, task: Task, ec2InstanceId: string | undefined): boolean {
  if (interfacesOf([task]).some(({ address }) => address === target.id)) return true;
  if (target.id !== ec2InstanceId) return false;
  const bindings = (task.containers ?? []).flatMap(({ networkBindings = [] }) => networkBindings);
  return bindings.some(({ hostPort }) => hostPort === target.port);
}
