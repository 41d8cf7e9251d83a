/** What the pages of load balancers and target groups ask. */
import type { LoadBalancerDescription } from '@aws-sdk/client-elastic-load-balancing';
import type {
  Listener,
  LoadBalancer,
  Rule,
  TargetGroup,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { nameOf } from '../../aws/arns';
import * as elb from '../../aws/elb';
import * as elbv2 from '../../aws/elbv2';
import { useLiveQuery } from '../../live/useLiveQuery';

export function useLoadBalancers() {
  return useLiveQuery<LoadBalancer[]>({
    key: ['load balancers'],
    kinds: ['load-balancer'],
    ask: (signal) =>
      all(
        (Marker) => elbv2.describeLoadBalancers({ Marker }).send(signal),
        (page) => page.LoadBalancers,
      ),
  });
}

export function useClassicLoadBalancers() {
  return useLiveQuery<LoadBalancerDescription[]>({
    key: ['classic load balancers'],
    kinds: ['classic-load-balancer'],
    ask: (signal) =>
      all(
        (Marker) => elb.describeLoadBalancers({ Marker }).send(signal),
        (page) => page.LoadBalancerDescriptions,
      ),
  });
}

export function useTargetGroups() {
  return useLiveQuery<TargetGroup[]>({
    key: ['target groups'],
    kinds: ['target-group', 'rule', 'listener'],
    ask: (signal) =>
      all(
        (Marker) => elbv2.describeTargetGroups({ Marker }).send(signal),
        (page) => page.TargetGroups,
      ),
  });
}

/** The last part of an ARN is what addresses of pages have. */
export function hasId(id: string): (arn: string | undefined) => boolean {
  return (arn) => nameOf(arn) === id;
}

export interface ListenerWithRules {
  readonly listener: Listener;
  readonly rules: readonly Rule[];
}

export function useListeners(loadBalancerArn: string | undefined) {
  return useLiveQuery<ListenerWithRules[]>({
    key: ['listeners', loadBalancerArn],
    kinds: ['listener', 'rule'],
    enabled: loadBalancerArn !== undefined,
    ask: async (signal) => {
      const listeners = await all(
        (Marker) =>
          elbv2.describeListeners({ LoadBalancerArn: loadBalancerArn, Marker }).send(signal),
        (page) => page.Listeners,
      );
      return Promise.all(
        listeners.map(async (listener) => ({ listener, rules: await rulesOf(listener, signal) })),
      );
    },
  });
}

function rulesOf(listener: Listener, signal: AbortSignal): Promise<Rule[]> {
  return all(
    (Marker) => elbv2.describeRules({ ListenerArn: listener.ListenerArn, Marker }).send(signal),
    (page) => page.Rules,
  );
}

export function useAttributes(of: 'load-balancer' | 'target-group', arn: string | undefined) {
  return useLiveQuery<Record<string, string>>({
    key: ['attributes', arn],
    kinds: [of],
    enabled: arn !== undefined,
    ask: async (signal) => {
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
    ask: async (signal) =>
      (await elbv2.describeTargetHealth({ TargetGroupArn: targetGroupArn }).send(signal))
        .TargetHealthDescriptions ?? [],
  });
}

async function all<P extends { NextMarker?: string }, T>(
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
