/** What deregistering means, in ECS's terms: the message to review before one confirms. */
import Alert from '@cloudscape-design/components/alert';
import { counted } from '../../widgets/plan/planWords';

interface Props {
  tasks: number;
  /** Several instances are to be deregistered. */
  areSeveral: boolean;
}

export function DeregistrationMessage({ tasks, areSeveral }: Props) {
  const it = areSeveral ? 'them' : 'it';
  return (
    <Alert
      type="warning"
      header="After deregistration, the container instance is no longer able to accept new tasks"
    >
      <p>
        {tasks
          ? `${counted(tasks, `task runs on ${it} and remains`, `tasks run on ${it} and remain`)} running`
          : `Tasks that run on ${it} remain running`}{' '}
        until the instance is terminated or they stop by some other means. But they are{' '}
        <b>orphaned</b>: no longer monitored or accounted for by ECS.
      </p>
      <ul>
        <li>
          Of an orphaned task that is part of a service, the scheduler starts another copy on a
          different container instance, if possible. Standalone tasks are not started again.
        </li>
        <li>
          Containers of such tasks that are registered with a Classic Load Balancer or a target
          group are deregistered there, and begin connection draining as it is set.
        </li>
        <li>Network interfaces of tasks in awsvpc network mode are deleted.</li>
        <li>
          It cannot be undone, and the instance should not be registered into another cluster:
          launch a new one there.
        </li>
      </ul>
    </Alert>
  );
}
