/** What the clusters' pages ask. */
import type { Cluster, Service } from '@aws-sdk/client-ecs';
import * as ecs from '../../aws/ecs';
import { type ExplainedService, explainService } from '../../aws/roadstead';
import { useLiveQuery } from '../../live/useLiveQuery';

const DESCRIBED_MAX = 100;
const KINDS = ['cluster', 'service', 'task', 'container-instance'];

export function useClusters() {
  return useLiveQuery<Cluster[]>({
    key: ['clusters'],
    kinds: KINDS,
    ask: async (signal) => {
      const found: Cluster[] = [];
      let nextToken: string | undefined;
      do {
        const page = await ecs.listClusters({ nextToken, maxResults: DESCRIBED_MAX }).send(signal);
        const clusters = page.clusterArns ?? [];
        if (clusters.length) {
          const described = await ecs.describeClusters({ clusters }).send(signal);
          found.push(...(described.clusters ?? []));
        }
        nextToken = page.nextToken;
      } while (nextToken);
      return found;
    },
  });
}

/** One cluster with all that the API tells of it; null for one that is not there. */
export function useCluster(cluster: string) {
  return useLiveQuery<Cluster | null>({
    key: ['cluster', cluster],
    kinds: KINDS,
    arns: [cluster],
    ask: async (signal) => {
      const { clusters } = await ecs
        .describeClusters({
          clusters: [cluster],
          include: ['SETTINGS', 'CONFIGURATIONS', 'STATISTICS', 'TAGS', 'ATTACHMENTS'],
        })
        .send(signal);
      return clusters?.[0] ?? null;
    },
  });
}

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
