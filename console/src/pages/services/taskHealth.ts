/** Which target is which task: by the address of its interface, or by instance and host port. */
import type { ContainerInstance, Task } from '@aws-sdk/client-ecs';
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';

/** The worst comes first: a task is as well as its least healthy target. */
const WORST_FIRST = ['unhealthy', 'draining', 'initial', 'unavailable', 'unused', 'healthy'];

export function healthByTask(
  tasks: readonly Task[],
  instances: readonly ContainerInstance[],
  targets: readonly TargetHealthDescription[],
): Map<string, string> {
  const states = new Map<string, string>();
  for (const { Target, TargetHealth } of targets) {
    const { Id = '', Port } = Target ?? {};
    for (const key of [`${Id}:${Port}`, Id]) note(states, key, TargetHealth?.State);
  }
  const machines = new Map(
    instances.map(({ containerInstanceArn, ec2InstanceId }) => [
      containerInstanceArn,
      ec2InstanceId,
    ]),
  );
  const found = new Map<string, string>();
  for (const task of tasks) {
    if (task.lastStatus === 'STOPPED') continue;
    const machine = machines.get(task.containerInstanceArn);
    for (const place of placesOf(task, machine)) note(found, task.taskArn ?? '', states.get(place));
  }
  return found;
}

function placesOf({ containers = [] }: Task, machine: string | undefined): string[] {
  return containers.flatMap(({ networkInterfaces = [], networkBindings = [] }) => [
    ...networkInterfaces.flatMap(({ privateIpv4Address }) => privateIpv4Address ?? []),
    ...networkBindings.flatMap(({ hostPort }) =>
      machine && hostPort ? `${machine}:${hostPort}` : [],
    ),
  ]);
}

function note(into: Map<string, string>, key: string, state: string | undefined): void {
  if (!state) return;
  const before = into.get(key);
  if (before === undefined || WORST_FIRST.indexOf(state) < WORST_FIRST.indexOf(before)) {
    into.set(key, state);
  }
}
