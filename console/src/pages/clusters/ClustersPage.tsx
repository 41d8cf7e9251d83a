import type { Cluster } from '@aws-sdk/client-ecs';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { lazy, Suspense, useState } from 'react';
import { paths } from '../../app/paths';
import * as ecs from '../../aws/ecs';
import { useClusters } from '../../live/clusters';
import { AppLink } from '../../widgets/AppLink';
import { CopyCommand } from '../../widgets/CopyCommand';
import { EmptyState } from '../../widgets/EmptyState';
import { type Column, ItemTable } from '../../widgets/ItemTable';
import { PageFrame } from '../../widgets/PageFrame';
import { StatusLabel } from '../../widgets/StatusLabel';

/* Loaded when they are opened: this page is the first that most people see. */
const CreateClusterDialog = lazy(() =>
  import('./CreateClusterDialog').then((dialog) => ({ default: dialog.CreateClusterDialog })),
);
const DeleteClusterDialog = lazy(() =>
  import('./DeleteClusterDialog').then((dialog) => ({ default: dialog.DeleteClusterDialog })),
);

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
  number('services', 'Services', 'services', ({ activeServicesCount }) => activeServicesCount),
  number('running', 'Running tasks', 'tasks', ({ runningTasksCount }) => runningTasksCount),
  number('pending', 'Pending tasks', 'tasks', ({ pendingTasksCount }) => pendingTasksCount),
  number(
    'instances',
    'Container instances',
    'instances',
    ({ registeredContainerInstancesCount }) => registeredContainerInstancesCount,
  ),
];

const idOf = ({ clusterArn = '' }: Cluster) => clusterArn;

export default function ClustersPage() {
  const { data = [], isPending, error, refetch } = useClusters();
  const [chosen, setChosen] = useState<readonly Cluster[]>([]);
  const [dialog, setDialog] = useState<'create' | 'delete'>();
  const selected = data.filter((one) => chosen.some((other) => idOf(other) === idOf(one)));
  const [first] = selected;
  const create = <Button onClick={() => setDialog('create')}>Create cluster</Button>;
  const close = () => setDialog(undefined);
  return (
    <PageFrame title="Clusters">
      <ItemTable
        title="Clusters"
        items={data}
        columns={COLUMNS}
        idOf={idOf}
        isLoading={isPending}
        failure={error ?? undefined}
        onRetry={() => void refetch()}
        selection={{ type: 'single', selected, onSelect: setChosen }}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <CopyCommand call={ecs.listClusters({})} />
            <Button disabled={!first} onClick={() => setDialog('delete')}>
              Delete
            </Button>
            <Button variant="primary" onClick={() => setDialog('create')}>
              Create cluster
            </Button>
          </SpaceBetween>
        }
        empty={
          <EmptyState title="No clusters" action={create}>
            A cluster groups container instances and the services and tasks on them. On the command
            line: <code>aws ecs create-cluster --cluster-name production</code>
          </EmptyState>
        }
      />
      <Suspense>
        {dialog === 'create' && (
          <CreateClusterDialog
            names={data.map(({ clusterName = '' }) => clusterName)}
            onDismiss={close}
          />
        )}
        {dialog === 'delete' && first && <DeleteClusterDialog cluster={first} onDismiss={close} />}
      </Suspense>
    </PageFrame>
  );
}

function number(
  id: string,
  header: string,
  tab: string,
  value: (item: Cluster) => number | undefined,
): Column<Cluster> {
  return {
    id,
    header,
    value,
    cell: (item) => (
      <AppLink to={paths.cluster(item.clusterName ?? '', tab)}>{String(value(item) ?? 0)}</AppLink>
    ),
  };
}
