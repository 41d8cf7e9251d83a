/** What needs somebody: services that are not steady, agents that are away, tasks that failed. */
import type { Service } from '@aws-sdk/client-ecs';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { paths } from '../../app/paths';
import { nameOf } from '../../aws/arns';
import type { ExplainedService } from '../../aws/roadstead';
import { useContainerInstances, useServices, useTasks } from '../../live/collections';
import { AppLink } from '../../widgets/AppLink';
import { ArnLink } from '../../widgets/ArnLink';
import { counted } from '../../widgets/plan/planWords';
import { Sign, type SignType } from '../../widgets/Sign';
import { Told } from '../../widgets/Told';
import { useNow, When } from '../../widgets/When';
import {
  disconnectedInstances,
  type Failures,
  failuresApart,
  failuresOf,
  failuresUntold,
  splitAtTasks,
  tellsOfFailed,
  unsteadyServices,
} from './attention';
import { useExplained } from './queries';

/** The tabs have all of them. */
const SHOWN_MAX = 8;

export function Attention({ cluster }: { cluster: string }) {
  const services = useServices(cluster);
  const instances = useContainerInstances(cluster);
  const tasks = useTasks(cluster);
  const now = useNow();
  const unsteady = unsteadyServices(services.items);
  const away = disconnectedInstances(instances.items);
  const failures = failuresOf(tasks.items, now);
  const apart = failuresApart(failures, unsteady);
  const total = unsteady.length + away.length + apart.length;
  const isLoading = services.isLoading || instances.isLoading || tasks.isLoading;
  return (
    <Container
      header={
        <Header variant="h2" counter={total ? `(${total})` : undefined}>
          Needs attention
        </Header>
      }
    >
      <SpaceBetween size="m">
        {total === 0 && isLoading && <StatusIndicator type="loading">Looking …</StatusIndicator>}
        {total === 0 && !isLoading && (
          <Sign type="success">
            Every service is steady, every agent is connected, and no task failed in the last hour.
          </Sign>
        )}
        {unsteady.slice(0, SHOWN_MAX).map((service) => (
          <Unsteady key={service.serviceArn} service={service} failures={failures} />
        ))}
        {unsteady.length > SHOWN_MAX && (
          <AppLink to={paths.cluster(cluster, 'services')}>
            {`${counted(unsteady.length - SHOWN_MAX, 'service')} more that are not steady`}
          </AppLink>
        )}
        {away.slice(0, SHOWN_MAX).map(({ containerInstanceArn, ec2InstanceId }) => (
          <Sign type="warning" key={containerInstanceArn}>
            <ArnLink arn={containerInstanceArn}>
              {ec2InstanceId ?? nameOf(containerInstanceArn)}
            </ArnLink>
            : its agent is not connected, so it gets no tasks and reports nothing
          </Sign>
        ))}
        {away.length > SHOWN_MAX && (
          <AppLink to={paths.cluster(cluster, 'instances')}>
            {`${counted(away.length - SHOWN_MAX, 'instance')} more with an agent that is away`}
          </AppLink>
        )}
        {apart.slice(0, SHOWN_MAX).map((failed) => (
          <Failed key={failed.newest.taskArn} failed={failed} />
        ))}
      </SpaceBetween>
    </Container>
  );
}

interface UnsteadyProps {
  service: Service;
  failures: readonly Failures[];
}

function Unsteady({ service, failures }: UnsteadyProps) {
  const { data } = useExplained(service);
  const holdUps = data?.holdUps ?? [];
  const untold = data ? failuresUntold(service, failures, holdUps) : [];
  return (
    <div>
      <Sign type={signOf(data)}>
        Service <ArnLink arn={service.serviceArn}>{service.serviceName}</ArnLink>:{' '}
        {service.runningCount ?? 0} of {counted(service.desiredCount ?? 0, 'task')} running
        {service.pendingCount ? `, ${service.pendingCount} pending` : ''}
        {data?.outcomeReason ? `. ${data.outcomeReason}` : ''}
      </Sign>
      {holdUps.length > 0 && (
        <ul>
          {holdUps.map((reason) => (
            <li key={reason}>
              <Reason of={service}>{reason}</Reason>
            </li>
          ))}
        </ul>
      )}
      {untold.map((failed) => (
        <Box key={failed.newest.taskArn} margin={{ left: 'l' }}>
          <Failed failed={failed} />
        </Box>
      ))}
    </div>
  );
}

function signOf(explained: ExplainedService | undefined): SignType {
  if (explained?.holdUps?.some(tellsOfFailed)) return 'error';
  return explained?.outcome === 'IN_PROGRESS' ? 'in-progress' : 'warning';
}

/** Failed tasks are named in it: each leads to its page. */
function Reason({ of: { clusterArn }, children }: { of: Service; children: string }) {
  if (!tellsOfFailed(children)) return <Told>{children}</Told>;
  return splitAtTasks(children).map(({ text, isTask }) =>
    isTask ? (
      <AppLink key={text} to={paths.task(nameOf(clusterArn), text)}>
        {text.slice(0, 8)}
      </AppLink>
    ) : (
      text
    ),
  );
}

function Failed({ failed: { group, reason, count, newest } }: { failed: Failures }) {
  return (
    <div>
      <Sign type="error">
        {counted(count, 'task')} of {group} failed, the last one{' '}
        <When at={newest.stoppedAt ?? newest.stoppingAt} />
      </Sign>
      <Box margin={{ left: 'l' }} color="text-body-secondary">
        {reason} – <ArnLink arn={newest.taskArn} />
      </Box>
    </div>
  );
}
