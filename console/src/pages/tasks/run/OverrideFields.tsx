/** What is another way for a container of the tasks that are run. */
import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { NumberField } from '../../../widgets/forms/NumberField';
import type { OverrideForm, VariableForm } from './runForm';

interface Props {
  name: string;
  value: OverrideForm;
  onChange: (value: OverrideForm) => void;
}

export function OverrideFields({ name, value, onChange }: Props) {
  const change = (part: Partial<OverrideForm>) => onChange({ ...value, ...part });
  return (
    <ExpandableSection headerText={name} headerDescription={isSet(value) ? 'Overridden' : ''}>
      <SpaceBetween size="m">
        <FormField
          label="Command"
          description="Words are parted and quoted as in a shell; nothing is expanded."
        >
          <Input
            value={value.command}
            onChange={({ detail }) => change({ command: detail.value })}
            placeholder="sh -c 'echo hello'"
          />
        </FormField>
        <ColumnLayout columns={3}>
          <NumberField label="CPU units" value={value.cpu} onChange={(cpu) => change({ cpu })} />
          <NumberField
            label="Memory, hard limit in MiB"
            value={value.memory}
            onChange={(memory) => change({ memory })}
          />
          <NumberField
            label="Memory, soft limit in MiB"
            value={value.memoryReservation}
            onChange={(memoryReservation) => change({ memoryReservation })}
          />
        </ColumnLayout>
        <Variables value={value.environment} onChange={(environment) => change({ environment })} />
      </SpaceBetween>
    </ExpandableSection>
  );
}

interface VariablesProps {
  value: readonly VariableForm[];
  onChange: (value: readonly VariableForm[]) => void;
}

function Variables({ value, onChange }: VariablesProps) {
  const change = (index: number, one: VariableForm) =>
    onChange(value.map((before, at) => (at === index ? one : before)));
  return (
    <AttributeEditor<VariableForm>
      items={value}
      addButtonText="Add variable"
      removeButtonText="Remove"
      removeButtonAriaLabel={({ name }) => `Remove variable ${name}`}
      empty="No variables are added or replaced."
      onAddButtonClick={() => onChange([...value, { name: '', value: '' }])}
      onRemoveButtonClick={({ detail }) =>
        onChange(value.filter((_, at) => at !== detail.itemIndex))
      }
      definition={[
        {
          label: 'Variable',
          control: (one, index) => (
            <Input
              value={one.name}
              onChange={({ detail }) => change(index, { ...one, name: detail.value })}
              placeholder="MODE"
            />
          ),
        },
        {
          label: 'Value',
          control: (one, index) => (
            <Input
              value={one.value}
              onChange={({ detail }) => change(index, { ...one, value: detail.value })}
              placeholder="test"
            />
          ),
        },
      ]}
    />
  );
}

function isSet({ environment, ...texts }: OverrideForm): boolean {
  return environment.length > 0 || Object.values(texts).some((text) => text !== '');
}
