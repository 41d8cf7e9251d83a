/** Which task is behind a target: by the address of its interface, or instance and host port. */
import type { ContainerInstance, Task } from '@aws-sdk/client-ecs';

export interface Holder {
  readonly taskArn: string;
  readonly status: string;
}

export function holdersOf(
  tasks: readonly Task[],
  instances: readonly ContainerInstance[],
): ReadonlyMap<string, Holder> {
  const machines = new Map(
    instances.map(({ containerInstanceArn, ec2InstanceId }) => [
      containerInstanceArn,
      ec2InstanceId,
    ]),
  );
  const found = new Map<string, Holder>();
  const hold = (target: string, task: Task) => {
    const before = found.get(target);
    // A port may have had another task before: who still runs has it.
    if (before && before.status !== 'STOPPED') return;
    found.set(target, { taskArn: task.taskArn ?? '', status: task.lastStatus ?? '' });
  };
  for (const task of tasks) {
    const machine = machines.get(task.containerInstanceArn);
    for (const container of task.containers ?? []) {
      for (const { privateIpv4Address } of container.networkInterfaces ?? []) {
        if (privateIpv4Address) hold(privateIpv4Address, task);
      }
      for (const { hostPort } of container.networkBindings ?? []) {
        if (machine && hostPort) hold(`${machine}:${hostPort}`, task);
      }
    }
  }
  return found;
}
