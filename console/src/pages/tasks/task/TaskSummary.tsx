/** What ECS tells of a task, with links to what it belongs to. */
import type { Task } from '@aws-sdk/client-ecs';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import type { ReactNode } from 'react';
import { ArnLink } from '../../../widgets/ArnLink';
import { StatusLabel } from '../../../widgets/StatusLabel';
import { GroupLink } from '../GroupLink';
import { TaskStatus } from '../taskColumns';

export function TaskSummary({ task }: { task: Task }) {
  return (
    <Container header={<Header variant="h2">Task</Header>}>
      <KeyValuePairs columns={4} items={pairsOf(task)} />
    </Container>
  );
}

function pairsOf(task: Task): { label: string; value: ReactNode }[] {
  return [
    { label: 'Last status', value: <TaskStatus task={task} /> },
    { label: 'Desired status', value: task.desiredStatus ?? '–' },
    { label: 'Health', value: <StatusLabel status={task.healthStatus} /> },
    { label: 'Group', value: <GroupLink task={task} /> },
    ...(task.stopCode ? [{ label: 'Stop code', value: task.stopCode }] : []),
    { label: 'Task definition', value: <ArnLink arn={task.taskDefinitionArn} /> },
    { label: 'Container instance', value: <ArnLink arn={task.containerInstanceArn} /> },
    { label: 'Availability Zone', value: task.availabilityZone ?? '–' },
    { label: 'Launch type', value: task.launchType ?? task.capacityProviderName ?? '–' },
    { label: 'Started by', value: task.startedBy ?? '–' },
    { label: 'CPU, memory', value: sizeOf(task) },
    { label: 'Agent connectivity', value: task.connectivity ?? '–' },
    { label: 'ARN', value: <span className="task-verbatim">{task.taskArn ?? '–'}</span> },
  ];
}

function sizeOf({ cpu, memory }: Task): string {
  return `${cpu ?? '–'} units, ${memory ?? '–'} MiB`;
}
