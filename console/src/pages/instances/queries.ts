/** What the pages of container instances ask. */
import type { ContainerInstance } from '@aws-sdk/client-ecs';
import * as ecs from '../../aws/ecs';
import { type DescribeProgressRequest, describeProgress } from '../../aws/roadstead';
import { useLiveQuery } from '../../live/useLiveQuery';

/** One container instance in whatever status; null for one that ECS does not know (any more). */
export function useInstance(cluster: string, id: string) {
  return useLiveQuery<ContainerInstance | null>({
    key: ['container instance', cluster, id],
    kinds: ['container-instance', 'task'],
    arns: [id, cluster],
    ask: async (signal) => {
      const { containerInstances } = await ecs
        .describeContainerInstances({
          cluster,
          containerInstances: [id],
          include: ['TAGS', 'CONTAINER_INSTANCE_HEALTH'],
        })
        .send(signal);
      return containerInstances?.[0] ?? null;
    },
  });
}

/** Seconds that are left go by without anything changing. */
const PROGRESS_EVERY_MS = 2_000;

export function useProgress(
  cluster: string,
  condition: DescribeProgressRequest['condition'],
  targets: readonly string[],
) {
  return useLiveQuery({
    key: ['progress', cluster, condition, targets],
    kinds: ['container-instance', 'task', 'service'],
    arns: [cluster, ...targets],
    everyMs: PROGRESS_EVERY_MS,
    enabled: targets.length > 0,
    ask: (signal) => describeProgress({ cluster, condition, targets: [...targets] }).send(signal),
  });
}
