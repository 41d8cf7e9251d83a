/** EC2's operations, as calls. Loaded with the pages that need them. */
import * as sdk from '@aws-sdk/client-ec2';
import type { Call } from './call';
import { clientOf, clientOptions } from './clients';

/** The SDK's own types keep each command's output to itself: what is sent is cast, once, here. */
type CommandClass<I extends object> = new (input: I) => object;

const client = () => clientOf('ec2', () => new sdk.EC2Client(clientOptions()));

function ec2<I extends object, O>(operation: string, Command: CommandClass<I>) {
  return (input: I): Call<O> => ({
    service: 'ec2',
    operation,
    input,
    send: (signal) =>
      client().send(new Command(input) as never, { abortSignal: signal }) as Promise<O>,
  });
}

export const describeVpcs = ec2<sdk.DescribeVpcsCommandInput, sdk.DescribeVpcsCommandOutput>(
  'DescribeVpcs',
  sdk.DescribeVpcsCommand,
);
export const describeSubnets = ec2<
  sdk.DescribeSubnetsCommandInput,
  sdk.DescribeSubnetsCommandOutput
>('DescribeSubnets', sdk.DescribeSubnetsCommand);
export const describeSecurityGroups = ec2<
  sdk.DescribeSecurityGroupsCommandInput,
  sdk.DescribeSecurityGroupsCommandOutput
>('DescribeSecurityGroups', sdk.DescribeSecurityGroupsCommand);
export const describeNetworkInterfaces = ec2<
  sdk.DescribeNetworkInterfacesCommandInput,
  sdk.DescribeNetworkInterfacesCommandOutput
>('DescribeNetworkInterfaces', sdk.DescribeNetworkInterfacesCommand);
