/** The columns of the list of container instances. */
import type { ContainerInstance } from '@aws-sdk/client-ecs';
import { paths } from '../../app/paths';
import { clusterOf, nameOf } from '../../aws/arns';
import { AppLink } from '../../widgets/AppLink';
import type { Column } from '../../widgets/ItemTable';
import { amountOf, zoneOf } from '../../widgets/instanceResources';
import { StatusLabel } from '../../widgets/StatusLabel';
import { AgentConnection } from './InstanceSummary';

export const INSTANCE_COLUMNS: readonly Column<ContainerInstance>[] = [
  {
    id: 'id',
    header: 'Container instance',
    value: ({ containerInstanceArn }) => nameOf(containerInstanceArn),
    cell: ({ containerInstanceArn = '' }) => {
      const id = nameOf(containerInstanceArn);
      return (
        <AppLink to={paths.instance(clusterOf(containerInstanceArn), id)}>
          {id.slice(0, id.length / 2)}
          <wbr />
          {id.slice(id.length / 2)}
        </AppLink>
      );
    },
  },
  {
    id: 'ec2',
    header: 'EC2 instance',
    value: ({ ec2InstanceId }) => ec2InstanceId,
    cell: ({ ec2InstanceId }) => <span className="word">{ec2InstanceId ?? '–'}</span>,
  },
  {
    id: 'zone',
    header: 'Zone',
    value: zoneOf,
    cell: (instance) => <span className="word">{zoneOf(instance) ?? '–'}</span>,
  },
  {
    id: 'status',
    header: 'Status',
    value: ({ status }) => status,
    cell: ({ status }) => <StatusLabel status={status} />,
  },
  {
    id: 'agent',
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
    header: 'Tasks',
    value: ({ runningTasksCount = 0, pendingTasksCount = 0 }) =>
      runningTasksCount + pendingTasksCount,
    cell: ({ runningTasksCount = 0, pendingTasksCount = 0 }) => (
      <>
        <div className="word">{runningTasksCount} running</div>
        <div className="word">{pendingTasksCount} pending</div>
      </>
    ),
  },
  {
    id: 'left',
    header: 'CPU, memory: taken / left',
    value: (instance) => amountOf(instance, 'MEMORY').left,
    cell: (instance) => (
      <>
        <div className="word">{takenText(instance, 'CPU', 'units')}</div>
        <div className="word">{takenText(instance, 'MEMORY', 'MiB')}</div>
      </>
    ),
  },
];

function takenText(instance: ContainerInstance, name: 'CPU' | 'MEMORY', unit: string): string {
  const { used, left } = amountOf(instance, name);
  return `${used} / ${left} ${unit}`;
}
