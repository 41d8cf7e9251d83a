/** Clusters, as the API tells of them now. */
import type { Cluster } from '@aws-sdk/client-ecs';
import * as ecs from '../aws/ecs';
import { useLiveQuery } from './useLiveQuery';

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
