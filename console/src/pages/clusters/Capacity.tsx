/** How much of the instances' cpu and memory is taken: of all, and zone by zone. */
import type { ContainerInstance } from '@aws-sdk/client-ecs';
import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useContainerInstances } from '../../live/collections';
import { EmptyState } from '../../widgets/EmptyState';
import { FailureAlert } from '../../widgets/FailureAlert';
import { sumOf, takesTasks, zoneOf } from '../../widgets/instanceResources';
import { counted } from '../../widgets/plan/planWords';
import { ResourceBar } from '../../widgets/ResourceBar';

export function Capacity({ cluster }: { cluster: string }) {
  const { items, isLoading, failure } = useContainerInstances(cluster);
  const able = items.filter(takesTasks);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Of instances that are ACTIVE with a connected agent: tasks are placed on no others."
        >
          Capacity
        </Header>
      }
    >
      {failure && !items.length ? (
        <FailureAlert failure={failure} title="The container instances could not be loaded" />
      ) : isLoading && !items.length ? (
        <Spinner />
      ) : able.length ? (
        <Bars instances={able} />
      ) : (
        <EmptyState title="Nothing can take a task">
          {items.length
            ? `${counted(items.length, 'instance')}, none of them ACTIVE with a connected agent.`
            : 'There are no container instances. On the command line: '}
          {!items.length && <code>roadstead instance add --cluster {cluster}</code>}
        </EmptyState>
      )}
    </Container>
  );
}

function Bars({ instances }: { instances: readonly ContainerInstance[] }) {
  const zones = [...new Set(instances.map((one) => zoneOf(one) ?? 'no zone'))].sort();
  return (
    <SpaceBetween size="m">
      <Pair title={`All: ${counted(instances.length, 'instance')}`} instances={instances} />
      {zones.length > 1 &&
        zones.map((zone) => {
          const inZone = instances.filter((one) => (zoneOf(one) ?? 'no zone') === zone);
          return (
            <Pair
              key={zone}
              title={`${zone}: ${counted(inZone.length, 'instance')}`}
              instances={inZone}
            />
          );
        })}
    </SpaceBetween>
  );
}

function Pair({ title, instances }: { title: string; instances: readonly ContainerInstance[] }) {
  const [cpu, memory] = [sumOf(instances, 'CPU'), sumOf(instances, 'MEMORY')];
  return (
    <div>
      <Box variant="awsui-key-label">{title}</Box>
      <ColumnLayout columns={2}>
        <ResourceBar label="CPU units" used={cpu.used} total={cpu.total} />
        <ResourceBar label="Memory" used={memory.used} total={memory.total} unit="MiB" />
      </ColumnLayout>
    </div>
  );
}
