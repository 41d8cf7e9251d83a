/** Placement constraints, one a line; all of them hold. */
import type { PlacementConstraint, PlacementConstraintType } from '@aws-sdk/client-ecs';
import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { constraintProblem } from './placementTemplates';

interface Props {
  value: readonly PlacementConstraint[];
  onChange: (value: readonly PlacementConstraint[]) => void;
}

const TYPES = [
  { value: 'memberOf', description: 'Instances that meet an expression' },
  { value: 'distinctInstance', description: 'Each task on an instance of its own' },
];

export function ConstraintsEditor({ value, onChange }: Props) {
  const change = (index: number, one: PlacementConstraint) =>
    onChange(value.map((before, at) => (at === index ? one : before)));
  return (
    <FormField
      label="Constraints"
      stretch
      description="Up to 10, together with those of the task definition. All must be met."
    >
      <AttributeEditor<PlacementConstraint>
        items={value}
        addButtonText="Add constraint"
        removeButtonText="Remove"
        disableAddButton={value.length >= 10}
        empty="No constraint."
        onAddButtonClick={() => onChange([...value, { type: 'memberOf', expression: '' }])}
        onRemoveButtonClick={({ detail }) =>
          onChange(value.filter((_, at) => at !== detail.itemIndex))
        }
        definition={[
          {
            label: 'Type',
            control: ({ type, expression }, index) => (
              <Select
                selectedOption={{ value: type ?? '', label: type ?? '' }}
                options={TYPES}
                onChange={({ detail }) => {
                  const chosen = detail.selectedOption.value as PlacementConstraintType;
                  const kept = chosen === 'memberOf' ? (expression ?? '') : undefined;
                  change(index, { type: chosen, expression: kept });
                }}
              />
            ),
          },
          {
            label: 'Expression',
            errorText: (one) => constraintProblem(one),
            control: ({ type, expression }, index) => (
              <Input
                value={expression ?? ''}
                disabled={type !== 'memberOf'}
                onChange={({ detail }) => change(index, { type, expression: detail.value })}
                placeholder="attribute:ecs.instance-type =~ t3.*"
              />
            ),
          },
        ]}
      />
    </FormField>
  );
}
