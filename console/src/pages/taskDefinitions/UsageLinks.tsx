/** Who uses a revision, with links. */
import type { Service, Task } from '@aws-sdk/client-ecs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { Fragment } from 'react';
import { clusterOf } from '../../aws/arns';
import { ArnLink } from '../../widgets/ArnLink';
import { counted } from './summary';
import type { Usage } from './usage';

const NAMED_MAX = 5;

export function UsageLinks({ usage }: { usage: Usage }) {
  const { services, tasks, standaloneTasks } = usage;
  if (!services.length && !tasks.length) return <>Not used</>;
  const ofServices = tasks.length - standaloneTasks.length;
  return (
    <SpaceBetween size="xxs">
      {services.length > 0 && (
        <div>
          {services.length === 1 ? 'Service ' : 'Services '}
          <Named items={services} linkOf={serviceLink} />
          {ofServices > 0 && `, with ${counted(ofServices, 'task')} of it`}
        </div>
      )}
      {services.length === 0 && ofServices > 0 && (
        <div>{counted(ofServices, 'task')} of services that go over to another revision</div>
      )}
      {standaloneTasks.length > 0 && (
        <div>
          {standaloneTasks.length === 1 ? 'Task ' : 'Tasks '}
          <Named items={standaloneTasks} linkOf={taskLink} />
        </div>
      )}
    </SpaceBetween>
  );
}

interface NamedProps<T> {
  items: readonly T[];
  linkOf: (item: T) => { arn: string; text?: string };
}

function Named<T>({ items, linkOf }: NamedProps<T>) {
  const more = items.length - NAMED_MAX;
  return (
    <>
      {items.slice(0, NAMED_MAX).map((item, at) => {
        const { arn, text } = linkOf(item);
        return (
          <Fragment key={arn}>
            {at > 0 && ', '}
            <ArnLink arn={arn}>{text}</ArnLink>
          </Fragment>
        );
      })}
      {more > 0 && ` and ${more} more`}
    </>
  );
}

function serviceLink({ serviceArn = '', serviceName }: Service) {
  const cluster = clusterOf(serviceArn);
  return { arn: serviceArn, text: serviceName && `${serviceName} (cluster ${cluster})` };
}

/** The beginning of a task's id tells it apart; the whole one does not fit. */
function taskLink({ taskArn = '' }: Task) {
  const id = taskArn.split('/').at(-1) ?? '';
  return { arn: taskArn, text: `${id.slice(0, 8)}… (cluster ${clusterOf(taskArn)})` };
}
