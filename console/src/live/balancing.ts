/**
 * Target groups, their targets and attributes, as they are now. ELBv2's client is loaded with the
 * first question: most pages ask none.
 */
import type {
  TargetGroup,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { useLiveQuery } from './useLiveQuery';

const client = () => import('../aws/elbv2');

export function useTargetGroups() {
  return useLiveQuery<TargetGroup[]>({
    key: ['target groups'],
    kinds: ['target-group', 'rule', 'listener'],
    ask: async (signal) => {
      const elbv2 = await client();
      return allMarked(
        (Marker) => elbv2.describeTargetGroups({ Marker }).send(signal),
        (page) => page.TargetGroups,
      );
    },
  });
}

export function useAttributes(of: 'load-balancer' | 'target-group', arn: string | undefined) {
  return useLiveQuery<Record<string, string>>({
    key: ['attributes', arn],
    kinds: [of],
    enabled: arn !== undefined,
    ask: async (signal) => {
      const elbv2 = await client();
      const { Attributes = [] } =
        of === 'load-balancer'
          ? await elbv2.describeLoadBalancerAttributes({ LoadBalancerArn: arn }).send(signal)
          : await elbv2.describeTargetGroupAttributes({ TargetGroupArn: arn }).send(signal);
      return Object.fromEntries(Attributes.map(({ Key = '', Value = '' }) => [Key, Value]));
    },
  });
}

/** The targets of a group with their health, as it changes. */
export function useTargetHealth(targetGroupArn: string | undefined) {
  return useLiveQuery<TargetHealthDescription[]>({
    key: ['target health', targetGroupArn],
    kinds: ['target', 'target-group'],
    arns: targetGroupArn === undefined ? undefined : [targetGroupArn],
    enabled: targetGroupArn !== undefined,
    ask: async (signal) => {
      const elbv2 = await client();
      const call = elbv2.describeTargetHealth({ TargetGroupArn: targetGroupArn });
      return (await call.send(signal)).TargetHealthDescriptions ?? [];
    },
  });
}

/** What ELB's calls tell page by page. */
export async function allMarked<P extends { NextMarker?: string }, T>(
  ask: (marker: string | undefined) => Promise<P>,
  itemsOf: (page: P) => T[] | undefined,
): Promise<T[]> {
  const found: T[] = [];
  let marker: string | undefined;
  do {
    const page = await ask(marker);
    found.push(...(itemsOf(page) ?? []));
    marker = page.NextMarker || undefined;
  } while (marker);
  return found;
}
