/** Follows an instance that drains or was deregistered, until all that goes with it is done. */
import type { ContainerInstance, Task } from '@aws-sdk/client-ecs';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMemo } from 'react';
import { nameOf } from '../../aws/arns';
import { useContainerInstances, useServices, useTasks } from '../../live/collections';
import { ArnLink } from '../../widgets/ArnLink';
import { FailureAlert } from '../../widgets/FailureAlert';
import { Sign } from '../../widgets/Sign';
import { useNow } from '../../widgets/When';
import {
  drainingOf,
  givenUpAt,
  interfacesOf,
  leavingOf,
  liveTasksOn,
  orphansOf,
  type Replaced,
  replacedOf,
} from './departed';
import { type Departure, departureOf } from './departure';
import { useInterfacesLeft, useTargets } from './departureQueries';
import { useProgress } from './queries';

interface Props {
  cluster: string;
  instance: ContainerInstance;
}

export default function DeparturePanel({ cluster, instance }: Props) {
  const { departure, replaced, failure } = useDeparture(cluster, instance);
  const isGone = instance.status === 'INACTIVE';
  return (
    <Container
      header={
        <Header
          variant="h2"
          info={
            <Sign type={departure.isDone ? 'success' : 'in-progress'}>
              {departure.isDone ? 'Done' : 'Under way'}
            </Sign>
          }
        >
          {isGone ? 'Deregistration' : 'Draining'}
        </Header>
      }
    >
      <SpaceBetween size="s">
        {failure && <FailureAlert failure={failure} title="Its progress could not be asked" />}
        <Steps departure={departure} replaced={replaced} cluster={cluster} />
        {departure.isDone && (
          <Box fontWeight="bold" data-testid="departure-done">
            {isGone
              ? 'Done: it is out of the cluster, and what it carried is replaced as far as services want it.'
              : 'Done: it is empty. It can be deregistered without force now.'}
          </Box>
        )}
      </SpaceBetween>
    </Container>
  );
}

function useDeparture(cluster: string, instance: ContainerInstance) {
  const arn = instance.containerInstanceArn ?? '';
  const isGone = instance.status === 'INACTIVE';
  const now = useNow();
  const { items: tasks, isLoading: areTasksLoading } = useTasks(cluster);
  const { items: services, isLoading: areServicesLoading } = useServices(cluster);
  const drained = useProgress(cluster, 'DRAINED', isGone ? [] : [nameOf(arn)]);
  const drainsSince = drained.data?.targets?.[0]?.since;
  const sinceMs = drainsSince === undefined ? undefined : drainsSince * 1_000;
  const departed = isGone ? orphansOf(tasks, arn) : leavingOf(tasks, arn, sinceMs);
  const replaced = replacedOf(departed, tasks, isGone ? givenUpAt(departed) : sinceMs);
  const names = replaced.map(({ service }) => service);
  const there = names.filter((name) => services.some(({ serviceName }) => serviceName === name));
  const stable = useProgress(cluster, 'STABLE', there);
  const groups = useGroups(services, names);
  const targets = useTargets(groups);
  const interfaces = isGone ? interfacesOf(departed) : [];
  const left = useInterfacesLeft(interfaces.map(({ id }) => id).sort());
  const departure = departureOf({
    status: instance.status,
    isIncomplete:
      (areTasksLoading && !tasks.length) ||
      (areServicesLoading && !services.length) ||
      (isGone && liveTasksOn(tasks, [instance]).length > 0) || // told before they were given up
      (groups.length > 0 && !targets.data && !targets.error),
    drained: drained.data?.targets?.[0],
    orphans: isGone ? departed.length : 0,
    standaloneOrphans: isGone ? departed.filter(({ group }) => !isOfService(group)).length : 0,
    replaced: replaced.filter(({ service }) => there.includes(service)),
    services: stable.data?.targets ?? [],
    draining: drainingOf(
      targets.data?.targets ?? [],
      departed,
      instance.ec2InstanceId,
      targets.data?.delays ?? new Map(),
      now,
    ),
    hadTargets: isGone && groups.length > 0 && targets.data !== undefined,
    interfaces: interfaces.length,
    interfacesLeft: interfaces.filter(({ id }) => left.data?.includes(id) ?? true),
  });
  const failure = drained.error ?? stable.error ?? targets.error ?? left.error ?? undefined;
  return { departure, replaced, failure };
}

const isOfService = (group: string | undefined) => group?.startsWith('service:') ?? false;

/** Target groups of the services, in a list that stays the same while they do. */
function useGroups(services: ReturnType<typeof useServices>['items'], names: readonly string[]) {
  const groups = services
    .filter(({ serviceName = '' }) => names.includes(serviceName))
    .flatMap(({ loadBalancers = [] }) => loadBalancers)
    .flatMap(({ targetGroupArn }) => targetGroupArn ?? []);
  const joined = [...new Set(groups)].sort().join(' ');
  return useMemo(() => (joined ? joined.split(' ') : []), [joined]);
}

interface StepsProps {
  departure: Departure;
  replaced: readonly Replaced[];
  cluster: string;
}

function Steps({ departure, replaced, cluster }: StepsProps) {
  return (
    <div aria-live="polite">
      <SpaceBetween size="xs">
        {departure.steps.map(({ id, state, title, details, service }) => (
          <div key={id}>
            <Sign type={state}>{title}</Sign>
            <Box margin={{ left: 'l' }} color="text-body-secondary">
              {details.map((detail) => (
                <div key={detail}>{detail}</div>
              ))}
              {replaced
                .filter((one) => one.service === service)
                .map((one) => (
                  <Copies key={one.service} replaced={one} cluster={cluster} />
                ))}
            </Box>
          </div>
        ))}
      </SpaceBetween>
    </div>
  );
}

/** What was started where: `c3d4… RUNNING on i-2`. */
function Copies({ replaced, cluster }: { replaced: Replaced; cluster: string }) {
  const { items } = useContainerInstances(cluster);
  const machine = ({ containerInstanceArn }: Task) =>
    items.find((one) => one.containerInstanceArn === containerInstanceArn)?.ec2InstanceId;
  return replaced.replacements.map((task) => (
    <div key={task.taskArn}>
      Copy <ArnLink arn={task.taskArn} />: {task.lastStatus} on{' '}
      <ArnLink arn={task.containerInstanceArn}>
        {machine(task) ?? nameOf(task.containerInstanceArn)}
      </ArnLink>
    </div>
  ));
}
