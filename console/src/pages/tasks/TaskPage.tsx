/** One task, also after it stopped: what became of it and why, and what it is made of. */
import type { Task } from '@aws-sdk/client-ecs';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useState } from 'react';
import { useParams } from 'react-router';
import { paths } from '../../app/paths';
import { nameOf } from '../../aws/arns';
import * as ecs from '../../aws/ecs';
import { CopyCommand } from '../../widgets/CopyCommand';
import { EmptyState } from '../../widgets/EmptyState';
import { EventsOf } from '../../widgets/events/EventsOf';
import { FailureAlert } from '../../widgets/FailureAlert';
import { useTaskDefinition } from '../../widgets/forms/queries';
import { PageFrame } from '../../widgets/PageFrame';
import { Tags } from '../../widgets/Tags';
import { mayRunOn } from './orphans';
import { useTask } from './queries';
import { StopDialog } from './StopDialog';
import { Protection } from './task/Protection';
import { TaskContainers } from './task/TaskContainers';
import { TaskEnvironment } from './task/TaskEnvironment';
import { TaskLogs } from './task/TaskLogs';
import { TaskNetwork } from './task/TaskNetwork';
import { TaskSummary } from './task/TaskSummary';
import { Timeline } from './task/Timeline';
import { WhyTask } from './task/WhyTask';
import { serviceOf, stoppable } from './taskGroups';

export default function TaskPage() {
  const { cluster = '', id: reference = '' } = useParams();
  const id = nameOf(reference);
  const { data, error, isPending, refetch } = useTask(cluster, id);
  const [isStopping, setStopping] = useState(false);
  return (
    <PageFrame
      title={`Task : ${id}`}
      above={[
        { text: 'Clusters', to: paths.clusters() },
        { text: cluster, to: paths.cluster(cluster, 'tasks') },
      ]}
      actions={data && <Actions cluster={cluster} task={data} onStop={() => setStopping(true)} />}
    >
      {error && !data && (
        <FailureAlert
          failure={error}
          title="The task could not be loaded"
          onRetry={() => void refetch()}
        />
      )}
      {isPending && <Spinner size="large" />}
      {data === null && (
        <EmptyState title={`ECS knows no task ${id} in cluster ${cluster}`}>
          A stopped task is told of for one hour after its end.
        </EmptyState>
      )}
      {data && <Content key={id} cluster={cluster} task={data} />}
      {isStopping && data && (
        <StopDialog cluster={cluster} tasks={[data]} onDismiss={() => setStopping(false)} />
      )}
    </PageFrame>
  );
}

interface ActionsProps {
  cluster: string;
  task: Task;
  onStop: () => void;
}

function Actions({ cluster, task, onStop }: ActionsProps) {
  const canStop = stoppable([task]).length > 0;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <CopyCommand
        call={ecs.describeTasks({ cluster, tasks: [nameOf(task.taskArn)], include: ['TAGS'] })}
      />
      <Button disabled={!canStop} disabledReason={whyNotStop(task)} onClick={onStop}>
        Stop
      </Button>
    </SpaceBetween>
  );
}

function whyNotStop(task: Task): string {
  if (mayRunOn(task))
    return 'It is STOPPED for ECS, which does not reach what may still run of it.';
  return task.lastStatus === 'STOPPED' ? 'It is stopped.' : 'It is to be STOPPED already.';
}

function Content({ cluster, task }: { cluster: string; task: Task }) {
  const definition = useTaskDefinition(task.taskDefinitionArn ?? '');
  const isOver = task.lastStatus === 'STOPPED';
  return (
    <SpaceBetween size="l">
      <WhyTask cluster={cluster} task={task} />
      <TaskSummary task={task} />
      <Timeline task={task} />
      <TaskContainers task={task} />
      <TaskNetwork task={task} networkMode={definition.data?.networkMode} />
      <TaskEnvironment task={task} definition={definition.data} failure={definition.error} />
      {!isOver && serviceOf(task) && <Protection cluster={cluster} task={task} />}
      <TaskLogs task={task} />
      <EventsOf
        cluster={cluster}
        task={nameOf(task.taskArn)}
        description="Each change of its status, as EventBridge would be told, then as it happens."
      />
      <Tags arn={task.taskArn ?? ''} tags={task.tags ?? []} of={`task ${nameOf(task.taskArn)}`} />
    </SpaceBetween>
  );
}
