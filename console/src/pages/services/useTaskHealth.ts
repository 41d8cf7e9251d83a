/** The health of a service's tasks at its load balancers, by task. */
import type { Service, Task } from '@aws-sdk/client-ecs';
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import { useMemo } from 'react';
import { useContainerInstances } from '../../live/collections';
import { useLiveQuery } from '../../live/useLiveQuery';
import { targetGroupsOf } from '../../widgets/balancing/targetGroups';
import { healthByTask } from '../../widgets/balancing/targetTasks';

/** Of a service without target groups: no task has any. */
export function useTaskHealth(
  cluster: string,
  service: Service,
  tasks: readonly Task[],
): (task: Task) => string | undefined {
  const groups = targetGroupsOf(service);
  const { items: instances } = useContainerInstances(cluster);
  const { data = NONE } = useLiveQuery<readonly TargetHealthDescription[]>({
    key: ['target health of', ...groups],
    kinds: ['target', 'target-group'],
    arns: groups,
    enabled: groups.length > 0,
    ask: async (signal) => {
      const elbv2 = await import('../../aws/elbv2');
      const answers = await Promise.all(
        groups.map((TargetGroupArn) => elbv2.describeTargetHealth({ TargetGroupArn }).send(signal)),
      );
      return answers.flatMap(({ TargetHealthDescriptions = [] }) => TargetHealthDescriptions);
    },
  });
  return useMemo(() => {
    const found = healthByTask(tasks, instances, data);
    return (task: Task) => found.get(task.taskArn ?? '');
  }, [tasks, instances, data]);
}

const NONE: readonly TargetHealthDescription[] = [];
