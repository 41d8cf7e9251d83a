/** What fields of forms offer: families and revisions, networks, where a task would fit. */
import type { SecurityGroup, Subnet, Vpc } from '@aws-sdk/client-ec2';
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import * as ecs from '../../aws/ecs';
import {
  type ExplainPlacementRequest,
  explainPlacement,
  type Placement,
} from '../../aws/roadstead';
import { useLiveQuery } from '../../live/useLiveQuery';

const KINDS = ['task-definition'] as const;

/** Names of the families that have ACTIVE revisions. */
export function useActiveFamilies() {
  return useLiveQuery<readonly string[]>({
    key: ['active families'],
    kinds: KINDS,
    ask: async (signal) => {
      const found: string[] = [];
      let nextToken: string | undefined;
      do {
        const page = await ecs
          .listTaskDefinitionFamilies({ status: 'ACTIVE', nextToken })
          .send(signal);
        found.push(...(page.families ?? []));
        nextToken = page.nextToken;
      } while (nextToken);
      return found;
    },
  });
}

/** ARNs of the ACTIVE revisions of a family, newest first. */
export function useActiveRevisions(family: string) {
  return useLiveQuery<readonly string[]>({
    key: ['active revisions', family],
    kinds: KINDS,
    enabled: family !== '',
    ask: async (signal) => {
      const found: string[] = [];
      let nextToken: string | undefined;
      do {
        const page = await ecs
          .listTaskDefinitions({ familyPrefix: family, status: 'ACTIVE', sort: 'DESC', nextToken })
          .send(signal);
        found.push(...(page.taskDefinitionArns ?? []));
        nextToken = page.nextToken;
      } while (nextToken);
      return found;
    },
  });
}

/** The task definition that `family`, `family:revision` or an ARN names. */
export function useTaskDefinition(taskDefinition: string) {
  return useLiveQuery<TaskDefinition | undefined>({
    key: ['task definition', taskDefinition],
    kinds: KINDS,
    enabled: taskDefinition !== '',
    ask: async (signal) =>
      (await ecs.describeTaskDefinition({ taskDefinition }).send(signal)).taskDefinition,
  });
}

export interface Networks {
  readonly vpcs: readonly Vpc[];
  readonly subnets: readonly Subnet[];
  readonly securityGroups: readonly SecurityGroup[];
}

/** VPCs, subnets and security groups. EC2's client is large: it is loaded with the first question. */
export function useNetworks() {
  return useLiveQuery<Networks>({
    key: ['networks'],
    kinds: ['vpc', 'subnet', 'security-group'],
    ask: async (signal) => {
      const ec2 = await import('../../aws/ec2');
      const [vpcs, subnets, groups] = await Promise.all([
        ec2.describeVpcs({}).send(signal),
        ec2.describeSubnets({}).send(signal),
        ec2.describeSecurityGroups({}).send(signal),
      ]);
      return {
        vpcs: vpcs.Vpcs ?? [],
        subnets: subnets.Subnets ?? [],
        securityGroups: groups.SecurityGroups ?? [],
      };
    },
  });
}

/** Which container instances could take a task; asked anew as they fill and empty. */
export function usePlacement(question: ExplainPlacementRequest, enabled: boolean) {
  return useLiveQuery<Placement | undefined>({
    key: ['placement', question],
    kinds: ['container-instance'],
    enabled,
    ask: async (signal) => (await explainPlacement(question).send(signal)).placement,
  });
}
