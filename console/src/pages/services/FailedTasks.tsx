/** Tasks that failed, and why: those with the same reason together, above all else. */
import type { Task } from '@aws-sdk/client-ecs';
import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { nameOf } from '../../aws/arns';
import { ArnLink } from '../../widgets/ArnLink';
import { When } from '../../widgets/When';
import { counted } from './deploymentState';
import { failuresOf, tasksSince } from './stopped';

const GROUPS_MAX = 5;
const TASKS_MAX = 5;

/** `since`: what failed before that is history, and not told here. */
interface Props {
  tasks: readonly Task[];
  since?: Date;
  /** The service is steady again. */
  isOver?: boolean;
}

export function FailedTasks({ tasks, since, isOver = false }: Props) {
  const groups = failuresOf(tasksSince(tasks, since));
  if (!groups.length) return null;
  return (
    <SpaceBetween size="s">
      {groups.slice(0, GROUPS_MAX).map(({ revision, reason, tasks: failed, newest }) => (
        <Alert
          key={`${revision} ${reason}`}
          type={isOver ? 'warning' : 'error'}
          header={`${counted(failed.length, 'task')} of ${revision} failed`}
        >
          <div>{reason}</div>
          <small>
            Last <When at={newest} />:{' '}
            {failed.slice(0, TASKS_MAX).map(({ taskArn }, index) => (
              <span key={taskArn}>
                {index > 0 && ', '}
                <ArnLink arn={taskArn}>{nameOf(taskArn).slice(0, 8)}</ArnLink>
              </span>
            ))}
            {failed.length > TASKS_MAX && ` and ${failed.length - TASKS_MAX} more`}
          </small>
        </Alert>
      ))}
    </SpaceBetween>
  );
}
