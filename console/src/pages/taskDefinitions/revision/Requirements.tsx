/** Volumes, and what an instance must be or have. */
import type { TaskDefinition, Volume } from '@aws-sdk/client-ecs';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { Rows } from '../../../widgets/Rows';

export function Requirements({ definition }: { definition: TaskDefinition }) {
  const { volumes = [], placementConstraints = [], requiresAttributes = [] } = definition;
  if (!volumes.length && !placementConstraints.length && !requiresAttributes.length) return null;
  return (
    <Container header={<Header variant="h2">Volumes and placement</Header>}>
      <SpaceBetween size="l">
        <Rows
          title="Volumes"
          items={volumes}
          columns={[
            { header: 'Volume', cell: ({ name }) => name ?? '–' },
            { header: 'Kind', cell: (volume) => kindOf(volume).kind },
            {
              header: 'Settings',
              cell: (volume) => <Box variant="code">{kindOf(volume).settings}</Box>,
            },
          ]}
        />
        <Rows
          title="Placement constraints"
          items={placementConstraints}
          columns={[
            { header: 'Type', cell: ({ type }) => type ?? '–' },
            {
              header: 'Expression',
              cell: ({ expression }) => <Box variant="code">{expression ?? '–'}</Box>,
            },
          ]}
        />
        <Rows
          title="Attributes that an instance must have"
          items={requiresAttributes}
          columns={[
            {
              header: 'Attribute',
              cell: ({ name }) => <span className="verbatim">{name ?? '–'}</span>,
            },
            { header: 'Value', cell: ({ value }) => value ?? 'any' },
          ]}
        />
      </SpaceBetween>
    </Container>
  );
}

const KINDS: Record<string, string> = {
  host: 'Bind mount',
  dockerVolumeConfiguration: 'Docker volume',
  efsVolumeConfiguration: 'EFS',
  fsxWindowsFileServerVolumeConfiguration: 'FSx for Windows File Server',
  s3filesVolumeConfiguration: 'S3 Files',
  configuredAtLaunch: 'Configured at launch',
};

/** A volume's kind is the member that it has besides its name. */
function kindOf(volume: Volume): { kind: string; settings: string } {
  const given = Object.entries(volume).find(
    ([member, value]) =>
      member !== 'name' && value !== undefined && value !== null && value !== false,
  );
  if (!given) return { kind: 'Bind mount, of the task alone', settings: '–' };
  const [member, value] = given;
  return { kind: KINDS[member] ?? member, settings: JSON.stringify(value) };
}
