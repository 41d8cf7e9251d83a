/** The columns of the list of tasks. */
import type { Task } from '@aws-sdk/client-ecs';
import { paths } from '../../app/paths';
import { clusterOf, nameOf } from '../../aws/arns';
import { AppLink } from '../../widgets/AppLink';
import { ArnLink } from '../../widgets/ArnLink';
import { isFailedTask, reasonsOf } from '../../widgets/failedTask';
import type { Column } from '../../widgets/ItemTable';
import { Sign } from '../../widgets/Sign';
import { StatusLabel } from '../../widgets/StatusLabel';
import { When } from '../../widgets/When';
import { GroupLink } from './GroupLink';
import { LOSS_SIGNS, lossOf } from './orphans';
import { serviceOf } from './taskGroups';
import './tasks.css';

export const TASK_COLUMNS: readonly Column<Task>[] = [
  {
    id: 'task',
    header: 'Task',
    value: ({ taskArn }) => nameOf(taskArn),
    cell: ({ taskArn }) => {
      const id = nameOf(taskArn);
      return (
        <AppLink to={paths.task(clusterOf(taskArn), id)}>
          {id.slice(0, id.length / 2)}
          <wbr />
          {id.slice(id.length / 2)}
        </AppLink>
      );
    },
  },
  {
    id: 'status',
    header: 'Last status, desired',
    value: ({ lastStatus, desiredStatus }) => `${lastStatus ?? ''} ${desiredStatus ?? ''}`,
    cell: (task) => (
      <>
        <TaskStatus task={task} />
        {task.desiredStatus !== task.lastStatus && (
          <div className="task-quiet">desired {task.desiredStatus ?? '–'}</div>
        )}
      </>
    ),
  },
  {
    id: 'reason',
    header: 'Stopped reason',
    value: (task) => [task.stopCode ?? '', ...reasonsOf(task)].join(' '),
    cell: (task) => <Reasons task={task} />,
  },
  {
    id: 'health',
    header: 'Health',
    value: ({ healthStatus }) => healthStatus,
    cell: ({ healthStatus }) => <StatusLabel status={healthStatus} />,
  },
  {
    id: 'definition',
    header: 'Task definition, group',
    value: ({ taskDefinitionArn, group, startedBy }) =>
      `${nameOf(taskDefinitionArn)} ${group ?? ''} ${startedBy ?? ''}`,
    cell: (task) => (
      <>
        <ArnLink arn={task.taskDefinitionArn} />
        <div>
          <GroupLink task={task} />
        </div>
        {!serviceOf(task) && task.startedBy && (
          <div className="task-quiet task-verbatim">by {task.startedBy}</div>
        )}
      </>
    ),
  },
  {
    id: 'instance',
    header: 'Instance',
    value: ({ containerInstanceArn }) => nameOf(containerInstanceArn),
    cell: ({ containerInstanceArn }) => (
      <ArnLink arn={containerInstanceArn}>{nameOf(containerInstanceArn).slice(0, 8)}</ArnLink>
    ),
  },
  {
    id: 'created',
    header: 'Created, started',
    value: ({ createdAt }) => createdAt?.getTime(),
    cell: ({ createdAt, startedAt }) => (
      <>
        <When at={createdAt} />
        {startedAt ? (
          <div className="task-quiet word">ran {startedText(createdAt, startedAt)}</div>
        ) : (
          ''
        )}
      </>
    ),
  },
];

/** A failed task is told apart by its sign, also for who sees no colours. */
export function TaskStatus({ task }: { task: Task }) {
  const { lastStatus } = task;
  const loss = lossOf(task);
  const sign = loss && LOSS_SIGNS[loss];
  if (sign) {
    return (
      <>
        <span className="word">
          <Sign type="warning">{lastStatus}</Sign>
        </span>
        <div className="task-quiet">{sign}</div>
      </>
    );
  }
  if (!isFailedTask(task)) return <StatusLabel status={lastStatus} />;
  return (
    <>
      <span className="word">
        <Sign type="error">{lastStatus}</Sign>
      </span>
      <div className="task-quiet">failed</div>
    </>
  );
}

function Reasons({ task }: { task: Task }) {
  const reasons = reasonsOf(task);
  if (task.desiredStatus !== 'STOPPED' && task.lastStatus !== 'STOPPED' && !reasons.length) {
    return <>–</>;
  }
  return (
    <div className="task-reasons">
      {task.stopCode && <div className="task-quiet">{task.stopCode}</div>}
      {reasons.map((reason) => (
        <div key={reason}>{reason}</div>
      ))}
    </div>
  );
}

function startedText(createdAt: Date | undefined, startedAt: Date): string {
  if (!createdAt) return `from ${startedAt.toLocaleTimeString()}`;
  const seconds = (startedAt.getTime() - createdAt.getTime()) / 1_000;
  return `after ${seconds.toFixed(1)} s`;
}
