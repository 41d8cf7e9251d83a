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
    width: 180,
    header: 'Container instance',
    value: ({ containerInstanceArn }) => nameOf(containerInstanceArn),
    cell: ({ containerInstanceArn }) => <ArnLink arn={containerInstanceArn} />,
  },
  {
    id: 'ec2',
    width: 190,
    header: 'EC2 instance',
    value: ({ ec2InstanceId }) => ec2InstanceId,
    cell: ({ ec2InstanceId }) => ec2InstanceId ?? '–',
  },
  {
    id: 'zone',
    width: 105,
    header: 'Zone',
    value: zoneOf,
    cell: (instance) => zoneOf(instance) ?? '–',
  },
  {
    id: 'status',
    width: 125,
    header: 'Status',
    value: ({ status }) => status,
    cell: ({ status }) => <StatusLabel status={status} />,
  },
  {
    id: 'agent',
    width: 140,
    header: 'Agent, version',
    value: ({ agentConnected, versionInfo }) =>
      `${agentConnected ? 'connected' : 'not connected'} ${versionInfo?.agentVersion ?? ''}`,
    cell: (instance) => (
      <>
        <AgentConnection instance={instance} />
        <div>{instance.versionInfo?.agentVersion ?? 'version not told'}</div>
      </>
    ),
  },
  {
    id: 'tasks',
    width: 110,
    header: 'Tasks running, pending',
    value: ({ runningTasksCount = 0, pendingTasksCount = 0 }) =>
      runningTasksCount + pendingTasksCount,
    cell: ({ runningTasksCount = 0, pendingTasksCount = 0 }) =>
      `${runningTasksCount}, ${pendingTasksCount}`,
  },
  resource('cpu', 'CPU units taken / left', 'CPU'),
  resource('memory', 'Memory MiB taken / left', 'MEMORY'),
];

function resource(id: string, header: string, name: 'CPU' | 'MEMORY'): Column<ContainerInstance> {
  return {
    id,
    width: 115,
    header,
    value: (instance) => amountOf(instance, name).left,
    cell: (instance) => {
      const { used, left } = amountOf(instance, name);
      return `${used} / ${left}`;
    },
  };
}
