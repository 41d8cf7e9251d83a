/** Tasks on the instance; after deregistration ECS knows of none, and this says so. */
import type { ContainerInstance, Task } from '@aws-sdk/client-ecs';
import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { nameOf, revisionOf } from '../../aws/arns';
import { useTasks } from '../../live/collections';
import { ArnLink } from '../../widgets/ArnLink';
import { EmptyState } from '../../widgets/EmptyState';
import { type Column, ItemTable } from '../../widgets/ItemTable';
import { counted } from '../../widgets/plan/planWords';
import { StatusLabel } from '../../widgets/StatusLabel';
import { When } from '../../widgets/When';
import { liveTasksOn, orphansOf } from './departed';

const COLUMNS: readonly Column<Task>[] = [
  {
    id: 'task',
    header: 'Task',
    value: ({ taskArn }) => nameOf(taskArn),
    cell: ({ taskArn }) => <ArnLink arn={taskArn} />,
  },
  { id: 'group', header: 'Group', value: ({ group }) => group, cell: ({ group }) => group ?? '–' },
  {
    id: 'definition',
    header: 'Task definition',
    value: ({ taskDefinitionArn }) => nameOf(taskDefinitionArn),
    cell: ({ taskDefinitionArn }) => {
      const { family, revision } = revisionOf(taskDefinitionArn);
      return <ArnLink arn={taskDefinitionArn}>{`${family}:${revision}`}</ArnLink>;
    },
  },
  {
    id: 'last',
    header: 'Last status',
    value: ({ lastStatus }) => lastStatus,
    cell: ({ lastStatus }) => <StatusLabel status={lastStatus} />,
  },
  {
    id: 'desired',
    header: 'Desired status',
    value: ({ desiredStatus }) => desiredStatus,
    cell: ({ desiredStatus }) => desiredStatus ?? '–',
  },
  {
    id: 'health',
    header: 'Health',
    value: ({ healthStatus }) => healthStatus,
    cell: ({ healthStatus }) => <StatusLabel status={healthStatus} />,
  },
  {
    id: 'started',
    header: 'Started',
    value: ({ startedAt }) => startedAt?.getTime(),
    cell: ({ startedAt }) => <When at={startedAt} />,
  },
];

const idOf = ({ taskArn = '' }: Task) => taskArn;

interface Props {
  cluster: string;
  instance: ContainerInstance;
}

export function InstanceTasks({ cluster, instance }: Props) {
  const { items, isLoading, failure } = useTasks(cluster);
  const arn = instance.containerInstanceArn ?? '';
  if (instance.status === 'INACTIVE') return <Orphans orphans={orphansOf(items, arn)} />;
  const here = liveTasksOn(items, [instance]);
  return (
    <ItemTable
      title="Tasks"
      name="task"
      items={here}
      columns={COLUMNS}
      idOf={idOf}
      isLoading={isLoading}
      failure={failure}
      empty={<EmptyState title="No tasks">No task is placed on this instance.</EmptyState>}
    />
  );
}

function Orphans({ orphans }: { orphans: readonly Task[] }) {
  return (
    <SpaceBetween size="l">
      <Alert type="info" header="ECS knows of no task on this instance">
        It is deregistered: what may still run on the machine is no longer monitored or accounted
        for.{' '}
        {orphans.length > 0 &&
          `${counted(orphans.length, 'task was', 'tasks were')} orphaned; below is the last that ECS recorded of ${
            orphans.length === 1 ? 'it' : 'them'
          }. The containers run on until they stop by themselves or the instance is terminated.`}
      </Alert>
      {orphans.length > 0 && (
        <ItemTable
          title="Orphaned tasks"
          name="task"
          items={orphans}
          columns={COLUMNS}
          idOf={idOf}
          empty={null}
        />
      )}
    </SpaceBetween>
  );
}
