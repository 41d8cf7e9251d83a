/** Rules and actions of listeners in words. Pure. */
import type { Action, Rule, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';

/** `host is a.example or b.example and path is /api/*`; for a default rule that nothing else fits. */
export function conditionsInWords(rule: Rule): string {
  if (rule.IsDefault) return 'everything else';
  return (rule.Conditions ?? []).map(conditionInWords).join(' and ') || 'always';
}

function conditionInWords(condition: RuleCondition): string {
  const values = (config?: { Values?: string[] }) =>
    (config?.Values ?? condition.Values ?? []).join(' or ');
  switch (condition.Field) {
    case 'host-header':
      return `host is ${values(condition.HostHeaderConfig)}`;
    case 'path-pattern':
      return `path is ${values(condition.PathPatternConfig)}`;
    case 'http-request-method':
      return `method is ${values(condition.HttpRequestMethodConfig)}`;
    case 'source-ip':
      return `source is ${values(condition.SourceIpConfig)}`;
    case 'http-header':
      return `header ${condition.HttpHeaderConfig?.HttpHeaderName} is ${values(condition.HttpHeaderConfig)}`;
    case 'query-string': {
      const pairs = condition.QueryStringConfig?.Values ?? [];
      return `query has ${pairs.map(({ Key, Value }) => (Key ? `${Key}=${Value}` : Value)).join(' or ')}`;
    }
    default:
      return `${condition.Field} is ${values()}`;
  }
}

export interface Weighted {
  readonly arn: string;
  readonly weight: number;
  /** Of all the requests that the rule leads on. */
  readonly percent: number;
}

/** Where an action leads, with the share of each target group. */
export function targetsOf(action: Action): readonly Weighted[] {
  const groups = action.ForwardConfig?.TargetGroups;
  if (groups?.length) {
    const weights = groups.map(({ Weight }) => Weight ?? 1);
    const sum = weights.reduce((total, one) => total + one, 0);
    return groups.map(({ TargetGroupArn = '' }, index) => {
      const weight = weights[index] ?? 0;
      return { arn: TargetGroupArn, weight, percent: sum ? Math.round((100 * weight) / sum) : 0 };
    });
  }
  return action.TargetGroupArn ? [{ arn: action.TargetGroupArn, weight: 1, percent: 100 }] : [];
}

/** An action that leads to no target group. */
export function actionInWords(action: Action): string {
  const redirect = action.RedirectConfig;
  if (redirect) {
    const { Protocol = '#{protocol}', Host = '#{host}', Port = '#{port}' } = redirect;
    const where = `${Protocol}://${Host}:${Port}${redirect.Path ?? '/#{path}'}`.toLowerCase();
    return `redirect to ${where} (${redirect.StatusCode === 'HTTP_301' ? 301 : 302})`;
  }
  const fixed = action.FixedResponseConfig;
  if (fixed)
    return `answer ${fixed.StatusCode}${fixed.MessageBody ? `: ${fixed.MessageBody}` : ''}`;
  return action.Type ?? 'unknown action';
}
