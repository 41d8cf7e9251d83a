/** The task as a whole: its family, network, size and roles. */
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Multiselect from '@cloudscape-design/components/multiselect';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { wordsIn } from '../document';
import { useField } from './DraftContext';
import { ChoiceField, TextField } from './fields';

const NETWORK_MODES = [
  { value: '', label: 'default', description: 'bridge on Linux, NAT on Windows' },
  { value: 'bridge', description: 'Containers share the address of the instance, on ports of its' },
  { value: 'awsvpc', description: 'Each task has a network interface and address of its own' },
  { value: 'host', description: 'Containers listen on the ports of the instance' },
  { value: 'none', description: 'No network' },
];

const COMPATIBILITIES = ['EC2', 'EXTERNAL', 'FARGATE', 'MANAGED_INSTANCES'];

export function TaskFields() {
  return (
    <Container header={<Header variant="h2">Task</Header>}>
      <SpaceBetween size="l">
        <ColumnLayout columns={2}>
          <TextField
            path="family"
            label="Family"
            description="Revisions of one name are numbered. A family that exists gets its next revision."
            placeholder="web"
          />
          <ChoiceField
            path="networkMode"
            label="Network mode"
            description="How containers are reached."
            choices={NETWORK_MODES}
          />
          <TextField
            path="cpu"
            label="Task CPU – optional"
            constraint="Units, 1024 to the vCPU, or 0.5 vCPU. Without it, containers say."
            placeholder="256"
          />
          <TextField
            path="memory"
            label="Task memory – optional"
            constraint="MiB, or 1 GB. Without it, containers say."
            placeholder="512"
          />
          <TextField
            path="taskRoleArn"
            label="Task role – optional"
            constraint="Name or ARN: what the containers may do."
          />
          <TextField
            path="executionRoleArn"
            label="Task execution role – optional"
            constraint="Name or ARN: what the agent may do for the task."
          />
        </ColumnLayout>
        <Compatibilities />
      </SpaceBetween>
    </Container>
  );
}

function Compatibilities() {
  const { value, problem, set } = useField('requiresCompatibilities');
  const option = (one: string) => ({ value: one, label: one });
  return (
    <FormField
      label="Requires compatibilities – optional"
      description="Where it must be able to run: its rules are then checked at registration."
      errorText={problem}
    >
      <Multiselect
        selectedOptions={wordsIn(value).map(option)}
        options={COMPATIBILITIES.map(option)}
        placeholder="Anywhere"
        deselectAriaLabel={({ label }) => `Remove ${label}`}
        onChange={({ detail }) => {
          const chosen = detail.selectedOptions.map((one) => one.value ?? '');
          set(chosen.length ? chosen : undefined);
        }}
      />
    </FormField>
  );
}
