/** What a revision is as a whole. */
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs, {
  type KeyValuePairsProps,
} from '@cloudscape-design/components/key-value-pairs';
import { StatusLabel } from '../../../widgets/StatusLabel';
import { When } from '../../../widgets/When';

export function Overview({ definition }: { definition: TaskDefinition }) {
  return (
    <Container header={<Header variant="h2">Overview</Header>}>
      <KeyValuePairs columns={4} items={[...identity(definition), ...given(definition)]} />
    </Container>
  );
}

function identity(one: TaskDefinition): KeyValuePairsProps.Pair[] {
  return [
    { label: 'Status', value: <StatusLabel status={one.status} /> },
    { label: 'Created', value: <When at={one.registeredAt} /> },
    ...(one.deregisteredAt
      ? [{ label: 'Deregistered', value: <When at={one.deregisteredAt} /> }]
      : []),
    ...(one.deleteRequestedAt
      ? [{ label: 'Deletion requested', value: <When at={one.deleteRequestedAt} /> }]
      : []),
    {
      label: 'ARN',
      value: (
        <CopyToClipboard
          variant="inline"
          textToCopy={one.taskDefinitionArn ?? ''}
          copyButtonAriaLabel="Copy ARN"
          copySuccessText="ARN copied"
          copyErrorText="The browser does not let us copy"
        />
      ),
    },
    { label: 'Network mode', value: one.networkMode ?? 'default' },
    { label: 'Task CPU', value: one.cpu ? `${one.cpu} units` : 'Not set: its containers say' },
    {
      label: 'Task memory',
      value: one.memory ? `${one.memory} MiB` : 'Not set: its containers say',
    },
    { label: 'Compatibilities', value: one.compatibilities?.join(', ') || '–' },
  ];
}

/** Members that most revisions do without. */
function given(one: TaskDefinition): KeyValuePairsProps.Pair[] {
  const platform = one.runtimePlatform;
  const members: [string, string | undefined][] = [
    ['Task role', one.taskRoleArn],
    ['Task execution role', one.executionRoleArn],
    ['Requires compatibilities', one.requiresCompatibilities?.join(', ')],
    [
      'Platform',
      platform &&
        [platform.operatingSystemFamily, platform.cpuArchitecture].filter(Boolean).join(', '),
    ],
    ['PID mode', one.pidMode],
    ['IPC mode', one.ipcMode],
    ['Ephemeral storage', one.ephemeralStorage && `${one.ephemeralStorage.sizeInGiB} GiB`],
    ['Fault injection', one.enableFaultInjection ? 'Enabled' : undefined],
    [
      'Proxy',
      one.proxyConfiguration &&
        `${one.proxyConfiguration.type ?? ''} ${one.proxyConfiguration.containerName ?? ''}`,
    ],
    ['Registered by', one.registeredBy],
  ];
  return members.flatMap(([label, value]) => (value ? [{ label, value }] : []));
}
