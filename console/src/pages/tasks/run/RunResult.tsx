/** What RunTask answered: the tasks that begin, and why others do not. It answers 200 for both. */
import type { RunTaskCommandOutput } from '@aws-sdk/client-ecs';
import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { nameOf } from '../../../aws/arns';
import { ArnLink } from '../../../widgets/ArnLink';
import { failureRows } from './runForm';

interface Props {
  answer: RunTaskCommandOutput;
  taskDefinition: string;
}

export function RunResult({ answer, taskDefinition }: Props) {
  const { tasks = [], failures = [] } = answer;
  return (
    <SpaceBetween size="s">
      {tasks.length > 0 && (
        <Alert
          type="success"
          header={`${tasks.length} ${tasks.length === 1 ? 'task' : 'tasks'} of ${taskDefinition} placed`}
        >
          <ul className="task-lines">
            {tasks.map(({ taskArn, containerInstanceArn }) => (
              <li key={taskArn}>
                <ArnLink arn={taskArn} /> on instance{' '}
                <ArnLink arn={containerInstanceArn}>
                  {nameOf(containerInstanceArn).slice(0, 8)}
                </ArnLink>
              </li>
            ))}
          </ul>
        </Alert>
      )}
      {failures.length > 0 && (
        <Alert
          type={tasks.length ? 'warning' : 'error'}
          header={tasks.length ? 'Not all tasks were placed' : 'No task was placed'}
        >
          <ul className="task-lines">
            {failureRows(failures).map(({ reason, means, arns }) => (
              <li key={reason}>
                <b>{reason}</b>: {means}
                {arns.length > 0 && ' ('}
                {arns.map((arn, index) => (
                  <span key={arn}>
                    {index > 0 && ', '}
                    <ArnLink arn={arn}>{nameOf(arn).slice(0, 8)}</ArnLink>
                  </span>
                ))}
                {arns.length > 0 && ')'}
              </li>
            ))}
          </ul>
        </Alert>
      )}
    </SpaceBetween>
  );
}
