/** A container of a revision. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { MaskedValue } from '../../../widgets/MaskedValue';
import { Rows } from '../../../widgets/Rows';
import { membersOf, otherMembers } from './members';

export function ContainerDetails({ container }: { container: ContainerDefinition }) {
  const others = otherMembers(container);
  return (
    <Container
      header={
        <Header
          variant="h2"
          info={
            container.essential === false ? (
              <Badge>not essential</Badge>
            ) : (
              <Badge color="blue">essential</Badge>
            )
          }
        >
          {container.name ?? 'Container without a name'}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <KeyValuePairs
          columns={3}
          items={membersOf(container).map(({ label, value }) => ({
            label,
            value: <span className="verbatim">{value}</span>,
          }))}
        />
        <Ports container={container} />
        <Variables container={container} />
        <Rows
          title="Mount points"
          items={container.mountPoints ?? []}
          columns={[
            { header: 'Volume', cell: ({ sourceVolume }) => sourceVolume ?? '–' },
            { header: 'Container path', cell: ({ containerPath }) => containerPath ?? '–' },
            {
              header: 'Access',
              cell: ({ readOnly }) => (readOnly ? 'Read only' : 'Read and write'),
            },
          ]}
        />
        <Rows
          title="Docker labels"
          items={Object.entries(container.dockerLabels ?? {})}
          columns={[
            { header: 'Label', cell: ([name]) => name },
            { header: 'Value', cell: ([name, value]) => <MaskedValue name={name} value={value} /> },
          ]}
        />
        <Rows
          title="Other members"
          items={others}
          columns={[
            { header: 'Member', cell: ({ label }) => label },
            { header: 'Value', cell: ({ value }) => <Box variant="code">{value}</Box> },
          ]}
        />
      </SpaceBetween>
    </Container>
  );
}

function Ports({ container }: { container: ContainerDefinition }) {
  return (
    <Rows
      title="Port mappings"
      items={container.portMappings ?? []}
      columns={[
        {
          header: 'Container port',
          cell: ({ containerPort, containerPortRange }) =>
            containerPort ?? containerPortRange ?? '–',
        },
        { header: 'Host port', cell: ({ hostPort }) => hostPort || 'dynamic' },
        { header: 'Protocol', cell: ({ protocol }) => protocol ?? 'tcp' },
        { header: 'Name', cell: ({ name }) => name ?? '–' },
        { header: 'App protocol', cell: ({ appProtocol }) => appProtocol ?? '–' },
      ]}
    />
  );
}

function Variables({ container }: { container: ContainerDefinition }) {
  return (
    <>
      <Rows
        title="Environment variables"
        items={container.environment ?? []}
        columns={[
          { header: 'Name', cell: ({ name }) => name ?? '–' },
          {
            header: 'Value',
            cell: ({ name = '', value = '' }) => <MaskedValue name={name} value={value} />,
          },
        ]}
      />
      <Rows
        title="Secrets"
        items={container.secrets ?? []}
        columns={[
          { header: 'Name', cell: ({ name }) => name ?? '–' },
          {
            header: 'Value from',
            cell: ({ valueFrom }) => <span className="verbatim">{valueFrom ?? '–'}</span>,
          },
        ]}
      />
    </>
  );
}
