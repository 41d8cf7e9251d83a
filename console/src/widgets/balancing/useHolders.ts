/** The tasks behind a target group: those of the services that name it, as they are now. */
import type { ContainerInstance, Task } from '@aws-sdk/client-ecs';
import { useMemo } from 'react';
import { clusterOf, nameOf } from '../../aws/arns';
import * as ecs from '../../aws/ecs';
import { pages } from '../../live/collections';
import { type NamedService, useTasksOf } from '../../live/tasksOfServices';
import { useLiveQuery } from '../../live/useLiveQuery';
import { targetGroupsOf } from './targetGroups';
import { type Holder, holdersOf } from './targetTasks';

const SERVICES_AT_ONCE = 10;
const INSTANCES_AT_ONCE = 100;

/** By target (address, or `instance:port`). */
export function useHolders(targetGroupArn: string): ReadonlyMap<string, Holder> {
  const { data: services = NO_SERVICES } = useServicesOf(targetGroupArn);
  const { items: tasks } = useTasksOf(services);
  const { data: instances = NO_INSTANCES } = useMachinesOf(tasks);
  return useMemo(() => holdersOf(tasks, instances), [tasks, instances]);
}

const NO_SERVICES: readonly NamedService[] = [];
const NO_INSTANCES: readonly ContainerInstance[] = [];

/** A service that names it anew registers targets in it: that is when they are looked for. */
function useServicesOf(targetGroupArn: string) {
  return useLiveQuery<readonly NamedService[]>({
    key: ['services of target group', targetGroupArn],
    kinds: ['target', 'target-group'],
    arns: [targetGroupArn],
    ask: async (signal) => {
      const found: NamedService[] = [];
      for await (const clusters of pages(
        (nextToken) => ecs.listClusters({ nextToken }).send(signal),
        ({ clusterArns }) => clusterArns,
      )) {
        for (const cluster of clusters.map(nameOf)) {
          found.push(...(await servicesIn(cluster, targetGroupArn, signal)));
        }
      }
      return found;
    },
  });
}

async function servicesIn(cluster: string, targetGroupArn: string, signal: AbortSignal) {
  const found: NamedService[] = [];
  for await (const services of pages(
    (nextToken) =>
      ecs.listServices({ cluster, nextToken, maxResults: SERVICES_AT_ONCE }).send(signal),
    ({ serviceArns }) => serviceArns,
  )) {
    if (!services.length) continue;
    const call = ecs.describeServices({ cluster, services: [...services] });
    for (const one of (await call.send(signal)).services ?? []) {
      const isOfGroup = targetGroupsOf(one).includes(targetGroupArn);
      if (isOfGroup && one.serviceName) found.push({ cluster, service: one.serviceName });
    }
  }
  return found;
}

/** The instances whose ports are targets; which machine one is never changes. */
function useMachinesOf(tasks: readonly Task[]) {
  const arns = useMemo(() => {
    const bound = tasks.filter(({ containers = [] }) =>
      containers.some(({ networkBindings = [] }) => networkBindings.length),
    );
    return [...new Set(bound.flatMap((task) => task.containerInstanceArn ?? []))].sort();
  }, [tasks]);
  return useLiveQuery<readonly ContainerInstance[]>({
    key: ['machines of', ...arns],
    kinds: [],
    enabled: arns.length > 0,
    ask: async (signal) => {
      const found: ContainerInstance[] = [];
      for (const cluster of new Set(arns.map(clusterOf))) {
        const here = arns.filter((arn) => clusterOf(arn) === cluster);
        for (let from = 0; from < here.length; from += INSTANCES_AT_ONCE) {
          const containerInstances = here.slice(from, from + INSTANCES_AT_ONCE);
          const call = ecs.describeContainerInstances({ cluster, containerInstances });
          found.push(...((await call.send(signal)).containerInstances ?? []));
        }
      }
      return found;
    },
  });
}
