import type { Cluster } from '@aws-sdk/client-ecs';
import { paths } from '../../app/paths';
import { AppLink } from '../../widgets/AppLink';
import { EmptyState } from '../../widgets/EmptyState';
import { type Column, ItemTable } from '../../widgets/ItemTable';
import { PageFrame } from '../../widgets/PageFrame';
import { StatusLabel } from '../../widgets/StatusLabel';
import { useClusters } from './queries';

const COLUMNS: readonly Column<Cluster>[] = [
  {
    id: 'name',
    header: 'Cluster',
    value: ({ clusterName }) => clusterName,
    cell: ({ clusterName = '' }) => (
      <AppLink to={paths.cluster(clusterName)}>{clusterName}</AppLink>
    ),
  },
  {
    id: 'status',
    header: 'Status',
    value: ({ status }) => status,
    cell: ({ status }) => <StatusLabel status={status} />,
  },
  number('services', 'Services', ({ activeServicesCount }) => activeServicesCount),
  number('running', 'Running tasks', ({ runningTasksCount }) => runningTasksCount),
  number('pending', 'Pending tasks', ({ pendingTasksCount }) => pendingTasksCount),
  number(
    'instances',
    'Container instances',
    ({ registeredContainerInstancesCount }) => registeredContainerInstancesCount,
  ),
];

export default function ClustersPage() {
  const { data = [], isPending, error, refetch } = useClusters();
  return (
    <PageFrame title="Clusters">
      <ItemTable
        title="Clusters"
        items={data}
        columns={COLUMNS}
        idOf={({ clusterArn = '' }) => clusterArn}
        isLoading={isPending}
        failure={error ?? undefined}
        onRetry={() => void refetch()}
        empty={
          <EmptyState title="No clusters">
            A cluster groups container instances and the services and tasks on them.
          </EmptyState>
        }
      />
    </PageFrame>
  );
}

function number(
  id: string,
  header: string,
  value: (item: Cluster) => number | undefined,
): Column<Cluster> {
  return { id, header, value, cell: (item) => value(item) ?? 0 };
}
