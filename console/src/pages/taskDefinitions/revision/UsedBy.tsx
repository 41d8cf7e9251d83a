/** Services and tasks that reference a revision, in all clusters. */
import type { Service, Task } from '@aws-sdk/client-ecs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { clusterOf, nameOf } from '../../../aws/arns';
import { ArnLink } from '../../../widgets/ArnLink';
import { EmptyState } from '../../../widgets/EmptyState';
import { type Column, ItemTable } from '../../../widgets/ItemTable';
import { StatusLabel } from '../../../widgets/StatusLabel';
import { When } from '../../../widgets/When';
import { UNUSED } from '../usage';
import type { UsageOfFamily } from '../useUsage';

const SERVICES: readonly Column<Service>[] = [
  {
    id: 'service',
    header: 'Service',
    value: ({ serviceName }) => serviceName,
    cell: ({ serviceArn }) => <ArnLink arn={serviceArn} />,
  },
  cluster(({ serviceArn }) => serviceArn),
  {
    id: 'status',
    header: 'Status',
    value: ({ status }) => status,
    cell: ({ status }) => <StatusLabel status={status} />,
  },
  {
    id: 'now',
    header: 'Now on',
    value: ({ taskDefinition }) => nameOf(taskDefinition),
    cell: ({ taskDefinition }) => <ArnLink arn={taskDefinition} />,
  },
  {
    id: 'tasks',
    header: 'Running of desired tasks',
    value: ({ runningCount }) => runningCount,
    cell: ({ runningCount, desiredCount }) => `${runningCount ?? 0} of ${desiredCount ?? 0}`,
  },
];

const TASKS: readonly Column<Task>[] = [
  {
    id: 'task',
    header: 'Task',
    value: ({ taskArn }) => nameOf(taskArn),
    cell: ({ taskArn }) => <ArnLink arn={taskArn} />,
  },
  cluster(({ taskArn }) => taskArn),
  {
    id: 'status',
    header: 'Last status',
    value: ({ lastStatus }) => lastStatus,
    cell: ({ lastStatus }) => <StatusLabel status={lastStatus} />,
  },
  { id: 'group', header: 'Group', value: ({ group }) => group, cell: ({ group }) => group ?? '–' },
  {
    id: 'started',
    header: 'Started',
    value: ({ startedAt }) => startedAt?.getTime(),
    cell: ({ startedAt }) => <When at={startedAt} />,
  },
];

export function UsedBy({ arn, usage }: { arn: string; usage: UsageOfFamily }) {
  const { services, tasks } = usage.byRevision.get(arn) ?? UNUSED;
  return (
    <SpaceBetween size="l">
      <ItemTable
        title="Services"
        name="service"
        items={services}
        columns={SERVICES}
        idOf={({ serviceArn = '' }) => serviceArn}
        isLoading={usage.isLoading}
        failure={usage.failure}
        empty={
          <EmptyState title="No service references it">
            Neither a service nor one of its deployments is of this revision, in any cluster.
          </EmptyState>
        }
      />
      <ItemTable
        title="Tasks"
        name="task"
        items={tasks}
        columns={TASKS}
        idOf={({ taskArn = '' }) => taskArn}
        isLoading={usage.isLoading}
        failure={usage.failure}
        empty={
          <EmptyState title="No task is of it">
            No task of this revision is running or about to, in any cluster.
          </EmptyState>
        }
      />
    </SpaceBetween>
  );
}

function cluster<T>(arnOf: (item: T) => string | undefined): Column<T> {
  return {
    id: 'cluster',
    header: 'Cluster',
    value: (item) => clusterOf(arnOf(item)),
    cell: (item) => clusterOf(arnOf(item)),
  };
}
