/** What the progress of a departure asks: targets that drain, interfaces that go. */
import { describeNetworkInterfaces } from '../../aws/ec2';
import { describeTargetGroupAttributes, describeTargetHealth } from '../../aws/elbv2';
import { useLiveQuery } from '../../live/useLiveQuery';
import type { Target } from './departed';

const DELAY = 'deregistration_delay.timeout_seconds';

export interface GroupsTargets {
  readonly targets: readonly Target[];
  /** Seconds that a target group lets its targets drain. */
  readonly delays: ReadonlyMap<string, number>;
}

export function useTargets(groups: readonly string[]) {
  return useLiveQuery<GroupsTargets>({
    key: ['departure targets', groups],
    kinds: ['target', 'target-group'],
    arns: groups,
    enabled: groups.length > 0,
    ask: async (signal) => {
      const found = await Promise.all(groups.map((group) => targetsOf(group, signal)));
      return {
        targets: found.flatMap(({ targets }) => targets),
        delays: new Map(found.flatMap(({ group, delay }) => (delay ? [[group, delay]] : []))),
      };
    },
  });
}

async function targetsOf(group: string, signal: AbortSignal) {
  const [health, attributes] = await Promise.all([
    describeTargetHealth({ TargetGroupArn: group }).send(signal),
    describeTargetGroupAttributes({ TargetGroupArn: group }).send(signal),
  ]);
  const delay = attributes.Attributes?.find(({ Key }) => Key === DELAY)?.Value;
  return {
    group,
    delay: delay === undefined ? undefined : Number(delay),
    targets: (health.TargetHealthDescriptions ?? []).map(({ Target, TargetHealth }) => ({
      group,
      id: Target?.Id ?? '',
      port: Target?.Port,
      state: TargetHealth?.State,
    })),
  };
}

/** Which of the interfaces are there still. */
export function useInterfacesLeft(ids: readonly string[]) {
  return useLiveQuery<readonly string[]>({
    key: ['departure interfaces', ids],
    kinds: ['interface', 'task'],
    enabled: ids.length > 0,
    ask: async (signal) => {
      const { NetworkInterfaces } = await describeNetworkInterfaces({
        Filters: [{ Name: 'network-interface-id', Values: [...ids] }],
      }).send(signal);
      return (NetworkInterfaces ?? []).flatMap(
        ({ NetworkInterfaceId }) => NetworkInterfaceId ?? [],
      );
    },
  });
}
