/** What the form of a service asks: listener rules. */
import type { Listener, Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import { useLiveQuery } from '../../../live/useLiveQuery';

export interface ListenerRule {
  readonly arn: string;
  readonly words: string;
  /** The target groups that it leads to. */
  readonly groups: readonly string[];
}

/** Rules of all application load balancers' listeners, and listeners of network ones. */
export function useListenerRules(enabled: boolean) {
  return useLiveQuery<readonly ListenerRule[]>({
    key: ['listener rules'],
    kinds: ['load-balancer', 'listener', 'rule'],
    enabled,
    ask: async (signal) => {
      const elbv2 = await import('../../../aws/elbv2');
      const found: ListenerRule[] = [];
      const { LoadBalancers = [] } = await elbv2.describeLoadBalancers({}).send(signal);
      for (const { LoadBalancerArn, LoadBalancerName = '', Type } of LoadBalancers) {
        const { Listeners = [] } = await elbv2.describeListeners({ LoadBalancerArn }).send(signal);
        for (const listener of Listeners) {
          const where = `${LoadBalancerName} ${listener.Protocol}:${listener.Port}`;
          if (Type === 'network') {
            found.push(ruleOf(listener.ListenerArn, where, listener.DefaultActions));
            continue;
          }
          const { ListenerArn } = listener;
          const { Rules = [] } = await elbv2.describeRules({ ListenerArn }).send(signal);
          for (const rule of Rules) {
            found.push(ruleOf(rule.RuleArn, `${where}, ${ruleWords(rule)}`, rule.Actions));
          }
        }
      }
      return found;
    },
  });
}

function ruleWords({ IsDefault, Priority }: Rule): string {
  return IsDefault ? 'default rule' : `rule with priority ${Priority}`;
}

function ruleOf(
  arn: string | undefined,
  words: string,
  actions: Listener['DefaultActions'],
): ListenerRule {
  const groups = (actions ?? []).flatMap(({ TargetGroupArn, ForwardConfig }) => [
    ...(TargetGroupArn ? [TargetGroupArn] : []),
    ...(ForwardConfig?.TargetGroups ?? []).flatMap((one) => one.TargetGroupArn ?? []),
  ]);
  return { arn: arn ?? '', words, groups: [...new Set(groups)] };
}
