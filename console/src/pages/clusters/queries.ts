/** What the clusters' pages ask. */
import type { Service } from '@aws-sdk/client-ecs';
import { type ExplainedService, explainService } from '../../aws/roadstead';
import { useLiveQuery } from '../../live/useLiveQuery';

/** Why a service is not steady. */
export function useExplained(service: Service) {
  return useLiveQuery<ExplainedService | undefined>({
    key: ['explain service', service.serviceArn],
    kinds: ['service', 'task', 'container-instance'],
    arns: [service.clusterArn ?? '', service.serviceArn ?? ''],
    ask: async (signal) =>
      (
        await explainService({
          cluster: service.clusterArn,
          service: service.serviceName ?? '',
        }).send(signal)
      ).service,
  });
}
