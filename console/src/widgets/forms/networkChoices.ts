/** What one may choose of a network, and what is wrong with a choice, in ECS's words. */
import type { SecurityGroup, Subnet, Tag, Vpc } from '@aws-sdk/client-ec2';
import type { AwsVpcConfiguration } from '@aws-sdk/client-ecs';
import type { Networks } from './queries';

const SUBNETS_MAX = 16;
const SECURITY_GROUPS_MAX = 5;

export type Network = AwsVpcConfiguration;

export const NO_NETWORK: Network = { subnets: [], securityGroups: [] };

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly description?: string;
  readonly tags?: string[];
}

export function vpcChoice({ VpcId = '', CidrBlock = '', IsDefault, Tags }: Vpc): Choice {
  return {
    value: VpcId,
    label: named(VpcId, Tags),
    description: IsDefault ? `${CidrBlock}, default VPC` : CidrBlock,
  };
}

export function subnetChoice(subnet: Subnet): Choice {
  const { SubnetId = '', AvailabilityZone = '', CidrBlock = '', Tags } = subnet;
  const free = subnet.AvailableIpAddressCount;
  const room = free === undefined ? '' : `, ${free} addresses free`;
  return {
    value: SubnetId,
    label: named(SubnetId, Tags),
    description: `${AvailabilityZone}, ${CidrBlock}${room}`,
    tags: [AvailabilityZone],
  };
}

export function groupChoice({ GroupId = '', GroupName, Description }: SecurityGroup): Choice {
  return {
    value: GroupId,
    label: GroupName ? `${GroupId} (${GroupName})` : GroupId,
    description: Description,
  };
}

/** The VPC that a network is of: that of its subnets, else the default one, else the first. */
export function vpcOf(network: Network, { vpcs, subnets }: Networks): string {
  const first = network.subnets?.[0];
  const ofSubnet = first && subnets.find(({ SubnetId }) => SubnetId === first)?.VpcId;
  return ofSubnet || (vpcs.find(({ IsDefault }) => IsDefault) ?? vpcs[0])?.VpcId || '';
}

/** What ECS would refuse; undefined if nothing. */
export function networkProblem(network: Network): string | undefined {
  const subnets = network.subnets?.length ?? 0;
  const groups = network.securityGroups?.length ?? 0;
  if (!subnets) return 'subnets can not be empty.';
  if (subnets > SUBNETS_MAX) return `There can be up to ${SUBNETS_MAX} subnets, not ${subnets}.`;
  if (groups > SECURITY_GROUPS_MAX)
    return `There can be up to ${SECURITY_GROUPS_MAX} security groups, not ${groups}.`;
  return undefined;
}

/** As it is sent: what was left alone is left out. */
export function awsvpcConfiguration({ subnets, securityGroups, assignPublicIp }: Network): Network {
  return {
    subnets,
    ...(securityGroups?.length ? { securityGroups } : {}),
    ...(assignPublicIp ? { assignPublicIp } : {}),
  };
}

function named(id: string, tags: readonly Tag[] | undefined): string {
  const name = tags?.find(({ Key }) => Key === 'Name')?.Value;
  return name ? `${id} (${name})` : id;
}
