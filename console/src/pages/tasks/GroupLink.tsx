/** A task's group: a service's page, or the words of who ran the task. */
import type { Task } from '@aws-sdk/client-ecs';
import { paths } from '../../app/paths';
import { clusterOf } from '../../aws/arns';
import { AppLink } from '../../widgets/AppLink';
import { serviceOf } from './taskGroups';

export function GroupLink({ task }: { task: Task }) {
  const service = serviceOf(task);
  if (!service) return <>{task.group ?? '–'}</>;
  return <AppLink to={paths.service(clusterOf(task.taskArn), service)}>{task.group}</AppLink>;
}
