/** What the pages of load balancers ask. */
import type { LoadBalancerDescription } from '@aws-sdk/client-elastic-load-balancing';
import type { Listener, LoadBalancer, Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import * as elb from '../../aws/elb';
import * as elbv2 from '../../aws/elbv2';
import { allMarked } from '../../live/balancing';
import { useLiveQuery } from '../../live/useLiveQuery';

export function useLoadBalancers() {
  return useLiveQuery<LoadBalancer[]>({
    key: ['load balancers'],
    kinds: ['load-balancer'],
    ask: (signal) =>
      allMarked(
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
      allMarked(
        (Marker) => elb.describeLoadBalancers({ Marker }).send(signal),
        (page) => page.LoadBalancerDescriptions,
      ),
  });
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
      const listeners = await allMarked(
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
  return allMarked(
    (Marker) => elbv2.describeRules({ ListenerArn: listener.ListenerArn, Marker }).send(signal),
    (page) => page.Rules,
  );
}
