/** The target groups that a service's tasks are registered in, those of its other side included. */
import type { Service } from '@aws-sdk/client-ecs';

export function targetGroupsOf({ loadBalancers = [] }: Service): string[] {
  const arns = loadBalancers.flatMap(({ targetGroupArn, advancedConfiguration }) => [
    targetGroupArn ?? [],
    advancedConfiguration?.alternateTargetGroupArn ?? [],
  ]);
  return [...new Set(arns.flat())];
}
