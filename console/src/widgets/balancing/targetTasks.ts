/** Which target is which task: by the address of its interface, or by instance and host port. */
import type { ContainerInstance, Task } from '@aws-sdk/client-ecs';
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';

export interface Holder {
  readonly taskArn: string;
  readonly status: string;
}

/** Who is behind a target, by its address or `instance:port`. */
export function holdersOf(
  tasks: readonly Task[],
  instances: readonly ContainerInstance[],
): ReadonlyMap<string, Holder> {
  const placesOf = placesOn(instances);
  const found = new Map<string, Holder>();
  for (const task of tasks) {
    for (const place of placesOf(task)) {
      // A port may have had another task before: who still runs has it.
      const before = found.get(place);
      if (before && before.status !== 'STOPPED') continue;
      found.set(place, { taskArn: task.taskArn ?? '', status: task.lastStatus ?? '' });
    }
  }
  return found;
}

/** The worst comes first: a task is as well as its least healthy target. */
const WORST_FIRST = ['unhealthy', 'draining', 'initial', 'unavailable', 'unused', 'healthy'];

/** The health of tasks that have targets, by ARN. */
export function healthByTask(
  tasks: readonly Task[],
  instances: readonly ContainerInstance[],
  targets: readonly TargetHealthDescription[],
): ReadonlyMap<string, string> {
  const states = new Map<string, string>();
  for (const { Target, TargetHealth } of targets) {
    const { Id = '', Port } = Target ?? {};
    for (const key of [`${Id}:${Port}`, Id]) note(states, key, TargetHealth?.State);
  }
  const placesOf = placesOn(instances);
  const found = new Map<string, string>();
  for (const task of tasks) {
    if (task.lastStatus === 'STOPPED') continue;
    for (const place of placesOf(task)) note(found, task.taskArn ?? '', states.get(place));
  }
  return found;
}

/** Where a task is reached, as targets are named. */
function placesOn(instances: readonly ContainerInstance[]): (task: Task) => string[] {
  const machines = new Map(
    instances.map(({ containerInstanceArn, ec2InstanceId }) => [
      containerInstanceArn,
      ec2InstanceId,
    ]),
  );
  return ({ containerInstanceArn, containers = [] }) => {
    const machine = machines.get(containerInstanceArn);
    return containers.flatMap(({ networkInterfaces = [], networkBindings = [] }) => [
      ...networkInterfaces.flatMap(({ privateIpv4Address }) => privateIpv4Address || []),
      ...networkBindings.flatMap(({ hostPort }) =>
        machine && hostPort ? `${machine}:${hostPort}` : [],
      ),
    ]);
  };
}

function note(into: Map<string, string>, key: string, state: string | undefined): void {
  if (!state) return;
  const before = into.get(key);
  if (before === undefined || WORST_FIRST.indexOf(state) < WORST_FIRST.indexOf(before)) {
    into.set(key, state);
  }
}
