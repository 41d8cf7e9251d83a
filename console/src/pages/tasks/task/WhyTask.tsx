/** Why a task waits or stopped, and what would help. A task that runs has nothing to explain. */
import type { Task } from '@aws-sdk/client-ecs';
import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { nameOf } from '../../../aws/arns';
import { isFailedTask, reasonsOf } from '../../../widgets/failedTask';
import { Told } from '../../../widgets/Told';
import { lossOf, lossWords } from '../orphans';
import { useExplanation } from '../queries';
import { groupOf } from '../taskGroups';
import { MachineLeft } from './MachineLeft';

export function WhyTask({ cluster, task }: { cluster: string; task: Task }) {
  const group = groupOf(task);
  const { data, error } = useExplanation(cluster, nameOf(task.taskArn), group === 'stopped');
  const isLeaving = task.desiredStatus === 'STOPPED';
  const advice = data?.advice ?? [];
  if (group === 'running' && !isLeaving && !advice.length) return null;
  const loss = lossWords(task);
  // Advice on a task that was stopped because somebody wanted it warns of nothing.
  const mayHelp = advice.length > 0 && group !== 'stopped';
  const type = loss || mayHelp ? 'warning' : isFailedTask(task) ? 'error' : 'info';
  const why = data?.why ?? [];
  return (
    <Alert type={type} header={loss?.heading ?? headingOf(task)}>
      <SpaceBetween size="xs">
        {loss?.lines.map((line) => (
          <div key={line}>{line}</div>
        ))}
        {lossOf(task) === 'orphaned' && <MachineLeft id={data?.instance?.ec2InstanceId} />}
        {task.stopCode && !data?.summary?.includes(task.stopCode) && (
          <div>
            Stop code: <b>{task.stopCode}</b>
          </div>
        )}
        {(data?.summary ? [data.summary] : reasonsOf(task)).map((line) => (
          <div key={line} className="task-verbatim">
            {loss && 'ECS recorded: '}
            {line}
          </div>
        ))}
        {why.length > 0 && (
          <ul className="task-lines">
            {why.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        )}
        {!loss &&
          advice.map((line) => (
            <div key={line}>
              → <Told>{line}</Told>
            </div>
          ))}
        {error && !data && <small>It could not be explained further: {error.message}</small>}
      </SpaceBetween>
    </Alert>
  );
}

function headingOf(task: Task): string {
  const { lastStatus, desiredStatus } = task;
  if (lastStatus === 'STOPPED') return isFailedTask(task) ? 'The task failed' : 'The task stopped';
  if (desiredStatus === 'STOPPED') return `The task is stopping (${lastStatus})`;
  if (groupOf(task) === 'pending') return `The task is on its way (${lastStatus})`;
  return `The task is ${lastStatus}`;
}
