/** A cluster at a glance: how it is, what is taken of it, and what needs somebody. */
import type { Cluster } from '@aws-sdk/client-ecs';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { paths } from '../../app/paths';
import { useCluster } from '../../live/clusters';
import { AppLink } from '../../widgets/AppLink';
import { StatusLabel } from '../../widgets/StatusLabel';
import { Attention } from './Attention';
import { Capacity } from './Capacity';

export default function OverviewTab({ cluster }: { cluster: string }) {
  const { data } = useCluster(cluster);
  if (!data) return null;
  return (
    <SpaceBetween size="l">
      <Summary cluster={data} />
      <Attention cluster={cluster} />
      <Capacity cluster={cluster} />
      <Settings cluster={data} />
    </SpaceBetween>
  );
}

function Summary({ cluster }: { cluster: Cluster }) {
  const count = (label: string, tab: string, value: number | undefined) => ({
    label,
    value: (
      <AppLink to={paths.cluster(cluster.clusterName ?? '', tab)} size="large">
        {String(value ?? 0)}
      </AppLink>
    ),
  });
  return (
    <Container header={<Header variant="h2">Cluster</Header>}>
      <KeyValuePairs
        columns={4}
        items={[
          { label: 'Status', value: <StatusLabel status={cluster.status} /> },
          count('Services', 'services', cluster.activeServicesCount),
          {
            label: 'Tasks running, pending',
            value: (
              <AppLink to={paths.cluster(cluster.clusterName ?? '', 'tasks')} size="large">
                {`${cluster.runningTasksCount ?? 0}, ${cluster.pendingTasksCount ?? 0}`}
              </AppLink>
            ),
          },
          count('Container instances', 'instances', cluster.registeredContainerInstancesCount),
        ]}
      />
    </Container>
  );
}

function Settings({ cluster }: { cluster: Cluster }) {
  const strategy = cluster.defaultCapacityProviderStrategy ?? [];
  const command = cluster.configuration?.executeCommandConfiguration;
  return (
    <Container header={<Header variant="h2">Settings</Header>}>
      <KeyValuePairs
        columns={4}
        items={[
          { label: 'ARN', value: cluster.clusterArn ?? '–' },
          ...(cluster.settings ?? []).map(({ name, value }) => ({
            label: name === 'containerInsights' ? 'Container Insights' : (name ?? '–'),
            value: value ?? '–',
          })),
          {
            label: 'Capacity providers',
            value: cluster.capacityProviders?.join(', ') || 'none: its instances are its capacity',
          },
          ...(strategy.length
            ? [
                {
                  label: 'Default capacity provider strategy',
                  value: strategy
                    .map((one) => `${one.capacityProvider} ${one.base ?? 0}/${one.weight ?? 0}`)
                    .join(', '),
                },
              ]
            : []),
          ...(command ? [{ label: 'ECS Exec logging', value: command.logging ?? 'DEFAULT' }] : []),
          ...(cluster.serviceConnectDefaults?.namespace
            ? [
                {
                  label: 'Service Connect namespace',
                  value: cluster.serviceConnectDefaults.namespace,
                },
              ]
            : []),
        ]}
      />
    </Container>
  );
}
