/** The tasks of a service: those that failed and why, those that run, those that stopped. */
import type { Task } from '@aws-sdk/client-ecs';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMemo, useState } from 'react';
import { paths } from '../../app/paths';
import { nameOf } from '../../aws/arns';
import type { Snapshot } from '../../live/collection';
import { AppLink } from '../../widgets/AppLink';
import { ArnLink } from '../../widgets/ArnLink';
import { EmptyState } from '../../widgets/EmptyState';
import { isFailedTask, reasonsOf } from '../../widgets/failedTask';
import { type Column, ItemTable } from '../../widgets/ItemTable';
import { StatusLabel } from '../../widgets/StatusLabel';
import { When } from '../../widgets/When';
import { FailedTasks } from './FailedTasks';

interface Props {
  cluster: string;
  tasks: readonly Task[];
  snapshot: Snapshot<Task>;
}

export function ServiceTasksTab({ cluster, tasks, snapshot }: Props) {
  const failed = tasks.filter(isFailedTask);
  const [chosen, setChosen] = useState<string>();
  // With failed tasks and none that run, the failed ones are what one came for.
  const shown = chosen ?? (failed.length && tasks.every(isStopped) ? 'stopped' : 'running');
  const columns = useMemo(() => columnsOf(cluster, shown === 'stopped'), [cluster, shown]);
  const items = tasks.filter((task) => isStopped(task) === (shown === 'stopped'));
  return (
    <SpaceBetween size="l">
      <FailedTasks tasks={failed} />
      <ItemTable
        key={shown}
        title="Tasks"
        name="tasks"
        items={items}
        columns={columns}
        idOf={({ taskArn = '' }) => taskArn}
        isLoading={snapshot.isLoading}
        failure={snapshot.failure}
        sortedBy={shown === 'stopped' ? 'stopped' : 'status'}
        isDescending={shown === 'stopped'}
        filters={
          <SegmentedControl
            label="Which tasks"
            selectedId={shown}
            options={[
              { id: 'running', text: `Running and pending (${tasks.length - count(tasks)})` },
              { id: 'stopped', text: `Stopped (${count(tasks)})` },
            ]}
            onChange={({ detail }) => setChosen(detail.selectedId)}
          />
        }
        empty={
          shown === 'stopped' ? (
            <EmptyState title="No stopped tasks">
              ECS tells of a stopped task for an hour, with the reason why it stopped.
            </EmptyState>
          ) : (
            <EmptyState title="No tasks">
              The service has none now. Health says what it waits for, if it wants any.
            </EmptyState>
          )
        }
      />
    </SpaceBetween>
  );
}

function isStopped({ lastStatus }: Task): boolean {
  return lastStatus === 'STOPPED';
}

function count(tasks: readonly Task[]): number {
  return tasks.filter(isStopped).length;
}

function columnsOf(cluster: string, areStopped: boolean): readonly Column<Task>[] {
  const first: readonly Column<Task>[] = [
    {
      id: 'task',
      header: 'Task',
      value: ({ taskArn }) => nameOf(taskArn),
      cell: ({ taskArn }) => (
        <AppLink to={paths.task(cluster, nameOf(taskArn))}>{nameOf(taskArn)}</AppLink>
      ),
    },
    ...(areStopped ? [] : [STATUS]),
    {
      id: 'revision',
      header: 'Task definition',
      value: ({ taskDefinitionArn }) => nameOf(taskDefinitionArn),
      cell: ({ taskDefinitionArn }) => <ArnLink arn={taskDefinitionArn} />,
    },
  ];
  return [...first, ...(areStopped ? STOPPED : RUNNING)];
}

const STATUS: Column<Task> = {
  id: 'status',
  header: 'Last status',
  value: ({ lastStatus }) => lastStatus,
  cell: ({ lastStatus, desiredStatus }) => (
    <>
      <StatusLabel status={lastStatus} />
      {desiredStatus === 'STOPPED' && lastStatus !== 'STOPPED' && <small>to be STOPPED</small>}
    </>
  ),
  width: 160,
};

const RUNNING: readonly Column<Task>[] = [
  {
    id: 'health',
    header: 'Health',
    value: ({ healthStatus }) => healthStatus,
    cell: ({ healthStatus }) => <StatusLabel status={healthStatus} />,
    width: 150,
  },
  {
    id: 'instance',
    header: 'Container instance',
    value: ({ containerInstanceArn }) => nameOf(containerInstanceArn),
    cell: ({ containerInstanceArn }) => (
      <ArnLink arn={containerInstanceArn}>{nameOf(containerInstanceArn).slice(0, 8)}</ArnLink>
    ),
  },
  {
    id: 'zone',
    header: 'Zone',
    value: ({ availabilityZone }) => availabilityZone,
    cell: ({ availabilityZone }) => <span className="word">{availabilityZone ?? '–'}</span>,
  },
  {
    id: 'started',
    header: 'Started',
    value: ({ startedAt }) => startedAt?.getTime(),
    cell: ({ startedAt }) => <When at={startedAt} />,
  },
];

const STOPPED: readonly Column<Task>[] = [
  {
    id: 'reason',
    header: 'Reason',
    value: (task) => reasonsOf(task).join(' '),
    cell: (task) => (
      <>
        {reasonsOf(task).map((reason) => (
          <div key={reason}>{reason}</div>
        ))}
      </>
    ),
    width: 440,
  },
  {
    id: 'code',
    header: 'Stop code',
    value: ({ stopCode }) => stopCode,
    cell: ({ stopCode }) => stopCode ?? '–',
  },
  {
    id: 'stopped',
    header: 'Stopped',
    value: ({ stoppedAt }) => stoppedAt?.getTime(),
    cell: ({ stoppedAt }) => <When at={stoppedAt} />,
  },
];
