import type { InstanceState } from '@aws-sdk/client-elastic-load-balancing';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Spinner from '@cloudscape-design/components/spinner';
import { useParams } from 'react-router';
import { paths } from '../../app/paths';
import { describeInstanceHealth } from '../../aws/elb';
import { useLiveQuery } from '../../live/useLiveQuery';
import { CopyCommand } from '../../widgets/CopyCommand';
import { EmptyState } from '../../widgets/EmptyState';
import { FailureAlert } from '../../widgets/FailureAlert';
import { ItemTable } from '../../widgets/ItemTable';
import { PageFrame } from '../../widgets/PageFrame';
import { StatusLabel } from '../../widgets/StatusLabel';
import { useClassicLoadBalancers } from './queries';

const ABOVE = [{ text: 'Load balancers', to: paths.loadBalancers() }];
/** Classic Load Balancers tell health in words of their own. */
const AS_TARGETS: Record<string, string> = { InService: 'healthy', OutOfService: 'unhealthy' };

export default function ClassicLoadBalancerPage() {
  const { name = '' } = useParams();
  const { data, error, isPending, refetch } = useClassicLoadBalancers();
  const balancer = data?.find(({ LoadBalancerName }) => LoadBalancerName === name);
  const health = useLiveQuery<InstanceState[]>({
    key: ['instance health', name],
    kinds: ['classic-load-balancer', 'container-instance'],
    enabled: balancer !== undefined,
    everyMs: 3_000,
    ask: async (signal) =>
      (await describeInstanceHealth({ LoadBalancerName: name }).send(signal)).InstanceStates ?? [],
  });
  return (
    <PageFrame
      title={`Classic Load Balancer : ${name}`}
      above={ABOVE}
      actions={<CopyCommand call={describeInstanceHealth({ LoadBalancerName: name })} />}
    >
      {error && (
        <FailureAlert
          failure={error}
          title="It could not be loaded"
          onRetry={() => void refetch()}
        />
      )}
      {isPending && <Spinner size="large" />}
      {data && !balancer && <EmptyState title="There is no such load balancer" />}
      {balancer && (
        <Container header={<Header variant="h2">Overview</Header>}>
          <KeyValuePairs
            columns={3}
            items={[
              { label: 'DNS name', value: balancer.DNSName ?? '–' },
              { label: 'Scheme', value: balancer.Scheme ?? '–' },
              {
                label: 'Availability Zones',
                value: (balancer.AvailabilityZones ?? []).join(', ') || '–',
              },
              {
                label: 'Listeners',
                value: (balancer.ListenerDescriptions ?? [])
                  .map(
                    ({ Listener: one }) =>
                      `${one?.Protocol}:${one?.LoadBalancerPort} → ${one?.InstanceProtocol}:${one?.InstancePort}`,
                  )
                  .join(', '),
              },
              { label: 'Health check', value: balancer.HealthCheck?.Target ?? '–' },
            ]}
          />
        </Container>
      )}
      {balancer && (
        <ItemTable<InstanceState>
          title="Instances"
          items={health.data ?? []}
          idOf={({ InstanceId = '' }) => InstanceId}
          isLoading={health.isPending}
          failure={health.error ?? undefined}
          onRetry={() => void health.refetch()}
          empty={
            <EmptyState title="No instances">
              ECS registers those that run tasks of a service which names this load balancer.
            </EmptyState>
          }
          columns={[
            {
              id: 'id',
              header: 'Instance',
              value: ({ InstanceId }) => InstanceId,
              cell: ({ InstanceId }) => InstanceId ?? '–',
            },
            {
              id: 'state',
              header: 'State',
              value: ({ State }) => State,
              cell: ({ State = '' }) => (
                <StatusLabel status={AS_TARGETS[State] ?? State}>{State}</StatusLabel>
              ),
            },
            {
              id: 'reason',
              header: 'Reason',
              cell: ({ ReasonCode, Description }) =>
                [ReasonCode, Description].filter((one) => one && one !== 'N/A').join(': ') || '–',
            },
          ]}
        />
      )}
    </PageFrame>
  );
}
