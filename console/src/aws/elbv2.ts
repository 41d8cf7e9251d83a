/** ELBv2's operations, as calls. Loaded with the pages that need them. */
import * as sdk from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call } from './call';
import { clientOf, clientOptions } from './clients';

/** The SDK's own types keep each command's output to itself: what is sent is cast, once, here. */
type CommandClass<I extends object> = new (input: I) => object;

const client = () => clientOf('elbv2', () => new sdk.ElasticLoadBalancingV2Client(clientOptions()));

function elbv2<I extends object, O>(operation: string, Command: CommandClass<I>) {
  return (input: I): Call<O> => ({
    service: 'elbv2',
    operation,
    input,
    send: (signal) =>
      client().send(new Command(input) as never, { abortSignal: signal }) as Promise<O>,
  });
}

export const describeLoadBalancers = elbv2<
  sdk.DescribeLoadBalancersCommandInput,
  sdk.DescribeLoadBalancersCommandOutput
>('DescribeLoadBalancers', sdk.DescribeLoadBalancersCommand);
export const describeLoadBalancerAttributes = elbv2<
  sdk.DescribeLoadBalancerAttributesCommandInput,
  sdk.DescribeLoadBalancerAttributesCommandOutput
>('DescribeLoadBalancerAttributes', sdk.DescribeLoadBalancerAttributesCommand);
export const describeListeners = elbv2<
  sdk.DescribeListenersCommandInput,
  sdk.DescribeListenersCommandOutput
>('DescribeListeners', sdk.DescribeListenersCommand);
export const describeRules = elbv2<sdk.DescribeRulesCommandInput, sdk.DescribeRulesCommandOutput>(
  'DescribeRules',
  sdk.DescribeRulesCommand,
);
export const describeTargetGroups = elbv2<
  sdk.DescribeTargetGroupsCommandInput,
  sdk.DescribeTargetGroupsCommandOutput
>('DescribeTargetGroups', sdk.DescribeTargetGroupsCommand);
export const describeTargetGroupAttributes = elbv2<
  sdk.DescribeTargetGroupAttributesCommandInput,
  sdk.DescribeTargetGroupAttributesCommandOutput
>('DescribeTargetGroupAttributes', sdk.DescribeTargetGroupAttributesCommand);
export const describeTargetHealth = elbv2<
  sdk.DescribeTargetHealthCommandInput,
  sdk.DescribeTargetHealthCommandOutput
>('DescribeTargetHealth', sdk.DescribeTargetHealthCommand);
export const describeTags = elbv2<sdk.DescribeTagsCommandInput, sdk.DescribeTagsCommandOutput>(
  'DescribeTags',
  sdk.DescribeTagsCommand,
);
export const modifyTargetGroupAttributes = elbv2<
  sdk.ModifyTargetGroupAttributesCommandInput,
  sdk.ModifyTargetGroupAttributesCommandOutput
>('ModifyTargetGroupAttributes', sdk.ModifyTargetGroupAttributesCommand);
