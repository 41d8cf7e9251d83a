/** Classic Load Balancer's operations, as calls. Loaded with the pages that need them. */
import * as sdk from '@aws-sdk/client-elastic-load-balancing';
import type { Call } from './call';
import { clientOf, clientOptions } from './clients';

/** The SDK's own types keep each command's output to itself: what is sent is cast, once, here. */
type CommandClass<I extends object> = new (input: I) => object;

const client = () => clientOf('elb', () => new sdk.ElasticLoadBalancingClient(clientOptions()));

function elb<I extends object, O>(operation: string, Command: CommandClass<I>) {
  return (input: I): Call<O> => ({
    service: 'elb',
    operation,
    input,
    send: (signal) =>
      client().send(new Command(input) as never, { abortSignal: signal }) as Promise<O>,
  });
}

export const describeLoadBalancers = elb<
  sdk.DescribeLoadBalancersCommandInput,
  sdk.DescribeLoadBalancersCommandOutput
>('DescribeLoadBalancers', sdk.DescribeLoadBalancersCommand);
export const describeInstanceHealth = elb<
  sdk.DescribeInstanceHealthCommandInput,
  sdk.DescribeInstanceHealthCommandOutput
>('DescribeInstanceHealth', sdk.DescribeInstanceHealthCommand);
export const describeLoadBalancerAttributes = elb<
  sdk.DescribeLoadBalancerAttributesCommandInput,
  sdk.DescribeLoadBalancerAttributesCommandOutput
>('DescribeLoadBalancerAttributes', sdk.DescribeLoadBalancerAttributesCommand);
