/** The columns of the list of container instances. */
import type { ContainerInstance } from '@aws-sdk/client-ecs';
import { nameOf } from '../../aws/arns';
import { ArnLink } from '../../widgets/ArnLink';
import type { Column } from '../../widgets/ItemTable';
import { StatusLabel } from '../../widgets/StatusLabel';
import { AgentConnection } from './InstanceSummary';
import { amountOf, zoneOf } from './resources';

export const INSTANCE_COLUMNS: readonly Column<ContainerInstance>[] = [
  {
    id: 'id',
    header: 'Container instance',
    value: ({ containerInstanceArn }) => nameOf(containerInstanceArn),
    cell: ({ containerInstanceArn }) => <ArnLink arn={containerInstanceArn} />,
  },
  {
    id: 'ec2',
    header: 'EC2 instance',
    value: ({ ec2InstanceId }) => ec2InstanceId,
    cell: ({ ec2InstanceId }) => ec2InstanceId ?? '–',
  },
  {
    id: 'zone',
    header: 'Availability Zone',
    value: zoneOf,
    cell: (instance) => zoneOf(instance) ?? '–',
  },
  {
    id: 'status',
    header: 'Status',
    value: ({ status }) => status,
    cell: ({ status }) => <StatusLabel status={status} />,
  },
  {
    id: 'agent',
    header: 'Agent',
    value: ({ agentConnected }) => (agentConnected ? 'connected' : 'not connected'),
    cell: (instance) => <AgentConnection instance={instance} />,
  },
  {
    id: 'running',
    header: 'Running tasks',
    value: ({ runningTasksCount }) => runningTasksCount ?? 0,
    cell: ({ runningTasksCount }) => runningTasksCount ?? 0,
  },
  {
    id: 'pending',
    header: 'Pending tasks',
    value: ({ pendingTasksCount }) => pendingTasksCount ?? 0,
    cell: ({ pendingTasksCount }) => pendingTasksCount ?? 0,
  },
  resource('cpu', 'CPU taken / left', 'CPU', ''),
  resource('memory', 'Memory taken / left', 'MEMORY', ' MiB'),
  {
    id: 'version',
    header: 'Agent version',
    value: ({ versionInfo }) => versionInfo?.agentVersion,
    cell: ({ versionInfo }) => versionInfo?.agentVersion ?? '–',
  },
];

function resource(
  id: string,
  header: string,
  name: 'CPU' | 'MEMORY',
  unit: string,
): Column<ContainerInstance> {
  return {
    id,
    header,
    value: (instance) => amountOf(instance, name).left,
    cell: (instance) => {
      const { used, left } = amountOf(instance, name);
      return `${used} / ${left}${unit}`;
    },
  };
}
