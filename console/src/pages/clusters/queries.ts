/** What the clusters' pages ask. */
import type { Cluster } from '@aws-sdk/client-ecs';
import * as ecs from '../../aws/ecs';
import { useLiveQuery } from '../../live/useLiveQuery';

const DESCRIBED_MAX = 100;

export function useClusters() {
  return useLiveQuery<Cluster[]>({
    key: ['clusters'],
    kinds: ['cluster', 'service', 'task', 'container-instance'],
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
