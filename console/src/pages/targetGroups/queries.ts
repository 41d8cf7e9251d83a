/** The tasks behind a target group: those of the services that name it. */
import type { ContainerInstance, Task } from '@aws-sdk/client-ecs';
import { nameOf } from '../../aws/arns';
import * as ecs from '../../aws/ecs';
import { useLiveQuery } from '../../live/useLiveQuery';
import { type Holder, holdersOf } from './holders';

const SERVICES_AT_ONCE = 10;
const TASKS_AT_ONCE = 100;

/** By target (address, or `instance:port`); asked anew when the group's targets change. */
export function useHolders(targetGroupArn: string) {
  return useLiveQuery<ReadonlyMap<string, Holder>>({
    key: ['holders', targetGroupArn],
    kinds: ['target'],
    arns: [targetGroupArn],
    ask: async (signal) => {
      const tasks: Task[] = [];
      const instances: ContainerInstance[] = [];
      for (const { cluster, service } of await servicesOf(targetGroupArn, signal)) {
        const found = await tasksOf(cluster, service, signal);
        tasks.push(...found);
        instances.push(...(await instancesOf(cluster, found, signal)));
      }
      return holdersOf(tasks, instances);
    },
  });
}

async function servicesOf(targetGroupArn: string, signal: AbortSignal) {
  const found: { cluster: string; service: string }[] = [];
  const { clusterArns = [] } = await ecs.listClusters({}).send(signal);
  for (const cluster of clusterArns.map(nameOf)) {
    let nextToken: string | undefined;
    do {
      const page = await ecs
        .listServices({ cluster, nextToken, maxResults: SERVICES_AT_ONCE })
        .send(signal);
      const services = page.serviceArns ?? [];
      const described = services.length
        ? await ecs.describeServices({ cluster, services }).send(signal)
        : undefined;
      for (const { serviceName = '', loadBalancers = [] } of described?.services ?? []) {
        const leads = loadBalancers.some((one) =>
          [one.targetGroupArn, one.advancedConfiguration?.alternateTargetGroupArn].includes(
            targetGroupArn,
          ),
        );
        if (leads) found.push({ cluster, service: serviceName });
      }
      nextToken = page.nextToken;
    } while (nextToken);
  }
  return found;
}

async function tasksOf(cluster: string, serviceName: string, signal: AbortSignal): Promise<Task[]> {
  const found: Task[] = [];
  for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
    let nextToken: string | undefined;
    do {
      const page = await ecs
        .listTasks({ cluster, serviceName, desiredStatus, nextToken, maxResults: TASKS_AT_ONCE })
        .send(signal);
      const tasks = page.taskArns ?? [];
      if (tasks.length) {
        found.push(...((await ecs.describeTasks({ cluster, tasks }).send(signal)).tasks ?? []));
      }
      nextToken = page.nextToken;
    } while (nextToken);
  }
  return found;
}

async function instancesOf(cluster: string, tasks: readonly Task[], signal: AbortSignal) {
  const wanted = [...new Set(tasks.map((task) => task.containerInstanceArn ?? ''))].filter(Boolean);
  const found: ContainerInstance[] = [];
  for (let from = 0; from < wanted.length; from += TASKS_AT_ONCE) {
    const containerInstances = wanted.slice(from, from + TASKS_AT_ONCE);
    const answer = await ecs
      .describeContainerInstances({ cluster, containerInstances })
      .send(signal);
    found.push(...(answer.containerInstances ?? []));
  }
  return found;
}
