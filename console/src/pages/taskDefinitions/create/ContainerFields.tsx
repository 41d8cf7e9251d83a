/** One container of the task. */
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useState } from 'react';
import { textOf } from '../document';
import { CONDITIONS } from './checks/dependencies';
import { useDraft, useField } from './DraftContext';
import type { Path } from './draft';
import { NumberField, TextField, ToggleField, WordsField } from './fields';
import { HealthCheckFields } from './HealthCheckFields';
import { ListField } from './ListField';

interface Props {
  path: Path;
  number: number;
  onRemove: (() => void) | undefined;
}

export function ContainerFields({ path, number, onRemove }: Props) {
  const name = textOf(useField(`${path}.name`).value);
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            onRemove && (
              <Button onClick={onRemove} ariaLabel={`Remove container ${name || number}`}>
                Remove
              </Button>
            )
          }
        >
          Container {number}
          {name && `: ${name}`}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <ColumnLayout columns={2}>
          <TextField path={`${path}.name`} label="Name" placeholder="web" />
          <TextField path={`${path}.image`} label="Image" placeholder="demo/web:latest" />
          <NumberField
            path={`${path}.memory`}
            label="Memory, hard limit"
            constraint="MiB. A container that takes more is killed."
            placeholder="64"
          />
          <NumberField
            path={`${path}.memoryReservation`}
            label="Memory, soft limit"
            constraint="MiB that are reserved for it on the instance."
          />
          <NumberField
            path={`${path}.cpu`}
            label="CPU – optional"
            constraint="Units, 1024 to the vCPU."
          />
          <ToggleField
            path={`${path}.essential`}
            label="Essential"
            description="When it stops, the task stops."
            ifUnset
          />
        </ColumnLayout>
        <Ports path={path} />
        <Variables path={path} />
        <More path={path} />
      </SpaceBetween>
    </Container>
  );
}

function Ports({ path }: { path: Path }) {
  return (
    <ListField
      path={`${path}.portMappings`}
      title="Port mappings"
      noun="port mapping"
      empty="No port is reached from outside."
      blank={{ protocol: 'tcp' }}
      columns={[
        { member: 'containerPort', label: 'Container port', isNumber: true, placeholder: '80' },
        { member: 'hostPort', label: 'Host port', isNumber: true, placeholder: '0: any free one' },
        { member: 'protocol', label: 'Protocol', choices: ['tcp', 'udp'] },
        { member: 'name', label: 'Name – optional' },
      ]}
    />
  );
}

function Variables({ path }: { path: Path }) {
  return (
    <SpaceBetween size="l">
      <ListField
        path={`${path}.environment`}
        title="Environment variables"
        noun="environment variable"
        empty="None besides those of the image."
        blank={{ name: '', value: '' }}
        columns={[
          { member: 'name', label: 'Name', keepsEmpty: true },
          { member: 'value', label: 'Value', keepsEmpty: true, namedBy: 'name' },
        ]}
      />
      <ListField
        path={`${path}.secrets`}
        title="Secrets"
        noun="secret"
        empty="No variable is filled from elsewhere."
        blank={{ name: '', valueFrom: '' }}
        columns={[
          { member: 'name', label: 'Name', keepsEmpty: true },
          {
            member: 'valueFrom',
            label: 'Value from',
            keepsEmpty: true,
            placeholder: 'arn:aws:secretsmanager:…',
          },
        ]}
      />
    </SpaceBetween>
  );
}

/** What most containers do without; it opens by itself where something is wrong. */
function More({ path }: { path: Path }) {
  const { problems, isStrict } = useDraft();
  const inside = ['entryPoint', 'command', 'healthCheck', 'dependsOn', 'mountPoints'];
  const isWrong =
    isStrict &&
    problems.some((one) => inside.some((member) => one.path.startsWith(`${path}.${member}`)));
  const [isOpen, open] = useState(false);
  useEffect(() => {
    if (isWrong) open(true);
  }, [isWrong]);
  return (
    <ExpandableSection
      expanded={isOpen}
      onChange={({ detail }) => open(detail.expanded)}
      headerText="Command, health check, dependencies, mounts"
    >
      <SpaceBetween size="l">
        <WordsField
          path={`${path}.entryPoint`}
          label="Entry point – optional"
          description="Instead of the image's. Words as in a shell: quote those with blanks."
        />
        <WordsField
          path={`${path}.command`}
          label="Command – optional"
          description="Instead of the image's. Words as in a shell: quote those with blanks."
          placeholder="sh -c 'exec httpd -f -p 80 -h /www'"
        />
        <HealthCheckFields path={`${path}.healthCheck`} />
        <ListField
          path={`${path}.dependsOn`}
          title="Depends on"
          noun="dependency"
          empty="It starts at once."
          blank={{ condition: 'START' }}
          columns={[
            { member: 'containerName', label: 'Container' },
            { member: 'condition', label: 'Condition', choices: CONDITIONS },
          ]}
        />
        <ListField
          path={`${path}.mountPoints`}
          title="Mount points"
          noun="mount point"
          empty="No volume is mounted."
          blank={{}}
          columns={[
            { member: 'sourceVolume', label: 'Volume' },
            { member: 'containerPath', label: 'Container path', placeholder: '/data' },
          ]}
        />
      </SpaceBetween>
    </ExpandableSection>
  );
}
