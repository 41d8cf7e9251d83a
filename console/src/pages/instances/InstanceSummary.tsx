import type { ContainerInstance } from '@aws-sdk/client-ecs';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { clusterOf, nameOf } from '../../aws/arns';
import * as ecs from '../../aws/ecs';
import { CopyCommand } from '../../widgets/CopyCommand';
import { attributeOf, isExternal, zoneOf } from '../../widgets/instanceResources';
import { Sign } from '../../widgets/Sign';
import { StatusLabel } from '../../widgets/StatusLabel';
import { useSend } from '../../widgets/useSend';
import { When } from '../../widgets/When';

export function InstanceSummary({ instance }: { instance: ContainerInstance }) {
  const { status, statusReason, ec2InstanceId, versionInfo = {} } = instance;
  return (
    <Container
      header={
        <Header variant="h2" actions={status !== 'INACTIVE' && <UpdateAgent instance={instance} />}>
          Container instance
        </Header>
      }
    >
      <KeyValuePairs
        columns={4}
        items={[
          {
            label: 'Status',
            value: (
              <>
                <StatusLabel status={status} />
                {statusReason && <div>{statusReason}</div>}
              </>
            ),
          },
          {
            label: isExternal(instance) ? 'External instance' : 'EC2 instance',
            value: ec2InstanceId ?? '–',
          },
          { label: 'Availability Zone', value: zoneOf(instance) ?? '–' },
          { label: 'Instance type', value: attributeOf(instance, 'ecs.instance-type') ?? '–' },
          { label: 'Agent', value: <AgentConnection instance={instance} /> },
          { label: 'Agent version', value: versionInfo.agentVersion ?? 'not told yet' },
          { label: 'Agent update', value: instance.agentUpdateStatus ?? 'never asked for' },
          { label: 'Runtime', value: versionInfo.dockerVersion ?? '–' },
          { label: 'Capacity provider', value: instance.capacityProviderName ?? 'none' },
          { label: 'Registered', value: <When at={instance.registeredAt} /> },
          { label: 'ARN', value: instance.containerInstanceArn ?? '–' },
        ]}
      />
    </Container>
  );
}

export function AgentConnection({ instance }: { instance: ContainerInstance }) {
  const { agentConnected, status } = instance;
  const type = agentConnected ? 'success' : status === 'INACTIVE' ? 'stopped' : 'warning';
  return (
    <span className="word">
      <Sign type={type}>{agentConnected ? 'connected' : 'not connected'}</Sign>
    </span>
  );
}

function UpdateAgent({ instance }: { instance: ContainerInstance }) {
  const { send, isSending } = useSend();
  const arn = instance.containerInstanceArn;
  const call = ecs.updateContainerAgent({
    cluster: clusterOf(arn),
    containerInstance: nameOf(arn),
  });
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <CopyCommand call={call} />
      <Button loading={isSending} onClick={() => void send(call, 'The agent is being updated.')}>
        Update agent
      </Button>
    </SpaceBetween>
  );
}
