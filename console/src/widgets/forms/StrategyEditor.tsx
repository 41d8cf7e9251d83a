/** Placement strategies, one a line; they are applied from the first to the last. */
import type { PlacementStrategy, PlacementStrategyType } from '@aws-sdk/client-ecs';
import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import Autosuggest from '@cloudscape-design/components/autosuggest';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import { strategyProblem } from './placementTemplates';

interface Props {
  value: readonly PlacementStrategy[];
  onChange: (value: readonly PlacementStrategy[]) => void;
}

const TYPES = [
  { value: 'spread', description: 'Evenly over the values of a field' },
  { value: 'binpack', description: 'Where the least of cpu or memory is left' },
  { value: 'random', description: 'Anywhere' },
];
const FIELDS: Record<string, { value: string }[]> = {
  spread: [
    { value: 'attribute:ecs.availability-zone' },
    { value: 'instanceId' },
    { value: 'attribute:ecs.instance-type' },
  ],
  binpack: [{ value: 'memory' }, { value: 'cpu' }],
};
const FIRST: Record<string, string | undefined> = {
  spread: 'attribute:ecs.availability-zone',
  binpack: 'memory',
};

export function StrategyEditor({ value, onChange }: Props) {
  const change = (index: number, one: PlacementStrategy) =>
    onChange(value.map((before, at) => (at === index ? one : before)));
  return (
    <FormField
      label="Strategies"
      stretch
      description="Up to 5, applied from the first to the last."
    >
      <AttributeEditor<PlacementStrategy>
        items={value}
        addButtonText="Add strategy"
        removeButtonText="Remove"
        disableAddButton={value.length >= 5}
        empty="No strategy."
        onAddButtonClick={() => onChange([...value, { type: 'spread', field: FIRST.spread }])}
        onRemoveButtonClick={({ detail }) =>
          onChange(value.filter((_, at) => at !== detail.itemIndex))
        }
        definition={[
          {
            label: 'Type',
            control: ({ type }, index) => (
              <Select
                selectedOption={{ value: type ?? '', label: type ?? '' }}
                options={TYPES}
                onChange={({ detail }) => {
                  const chosen = detail.selectedOption.value ?? '';
                  change(index, { type: chosen as PlacementStrategyType, field: FIRST[chosen] });
                }}
              />
            ),
          },
          {
            label: 'Field',
            errorText: (one) => strategyProblem(one),
            control: ({ type, field }, index) => (
              <Autosuggest
                value={field ?? ''}
                options={FIELDS[type ?? ''] ?? []}
                disabled={type === 'random'}
                enteredTextLabel={(text) => `Use ${text}`}
                onChange={({ detail }) => change(index, { type, field: detail.value })}
                placeholder="attribute:stack"
              />
            ),
          },
        ]}
      />
    </FormField>
  );
}
