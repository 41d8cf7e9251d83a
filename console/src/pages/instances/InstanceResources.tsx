/** What the instance has and what tasks take of it. */
import type { ContainerInstance } from '@aws-sdk/client-ecs';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useTasks } from '../../live/collections';
import { amountOf, gpusOf, type Ports, portsOf } from '../../widgets/instanceResources';
import { counted } from '../../widgets/plan/planWords';
import { ResourceBar } from '../../widgets/ResourceBar';
import { interfacesOf, liveTasksOn } from './departed';

interface Props {
  cluster: string;
  instance: ContainerInstance;
}

export function InstanceResources({ cluster, instance }: Props) {
  const { items } = useTasks(cluster);
  const [cpu, memory, gpus] = [
    amountOf(instance, 'CPU'),
    amountOf(instance, 'MEMORY'),
    gpusOf(instance),
  ];
  const udp = portsOf(instance, 'PORTS_UDP');
  const interfaces = interfacesOf(liveTasksOn(items, [instance]));
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Taken when a task is placed, given back when it is asked to stop."
        >
          Resources
        </Header>
      }
    >
      <SpaceBetween size="m">
        <ColumnLayout columns={2}>
          <ResourceBar label="CPU units" used={cpu.used} total={cpu.total} />
          <ResourceBar label="Memory" used={memory.used} total={memory.total} unit="MiB" />
          {gpus && <ResourceBar label="GPUs" used={gpus.used} total={gpus.total} />}
        </ColumnLayout>
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'TCP ports in use', value: portsText(portsOf(instance, 'PORTS')) },
            ...(udp.taken.length + udp.reserved.length
              ? [{ label: 'UDP ports in use', value: portsText(udp) }]
              : []),
            {
              label: 'Network interfaces of tasks (ENIs)',
              value: interfaces.length
                ? `${interfaces.length}: ${interfaces.map(({ address, id }) => address ?? id).join(', ')}`
                : 'none: no task in awsvpc mode',
            },
          ]}
        />
      </SpaceBetween>
    </Container>
  );
}

function portsText({ taken, reserved }: Ports): string {
  const tasks = taken.length ? `${taken.join(', ')} by tasks` : 'none by tasks';
  return reserved.length
    ? `${tasks}; ${counted(reserved.length, 'port')} reserved (${reserved.join(', ')})`
    : tasks;
}
