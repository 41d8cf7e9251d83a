/** Chooses on which container instances tasks are placed: by template, or rule by rule. */
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { ConstraintsEditor } from './ConstraintsEditor';
import { CUSTOM, type PlacementRules, TEMPLATES, templateOf } from './placementTemplates';
import { StrategyEditor } from './StrategyEditor';

interface Props {
  value: PlacementRules;
  onChange: (value: PlacementRules) => void;
  /** A DAEMON service has one task per instance: it takes constraints, no strategy. */
  isDaemon?: boolean;
}

const OPTIONS = [
  ...TEMPLATES.map(({ id, label, description }) => ({ value: id, label, description })),
  { value: CUSTOM, label: 'Custom', description: 'Strategies and constraints, one by one.' },
];

export function PlacementFields({ value, onChange, isDaemon = false }: Props) {
  const [isCustom, setCustom] = useState(templateOf(value) === CUSTOM);
  const template = isCustom ? CUSTOM : templateOf(value);
  const choose = (id: string) => {
    setCustom(id === CUSTOM);
    const chosen = TEMPLATES.find((one) => one.id === id);
    if (chosen) onChange(chosen.rules);
  };
  const constraints = (
    <ConstraintsEditor
      value={value.placementConstraints}
      onChange={(placementConstraints) => onChange({ ...value, placementConstraints })}
    />
  );
  if (isDaemon) return constraints;
  return (
    <SpaceBetween size="m">
      <FormField
        label="Placement template"
        description="A strategy is followed as well as it can be; a constraint always holds."
      >
        <Select
          selectedOption={OPTIONS.find((one) => one.value === template) ?? null}
          options={OPTIONS}
          onChange={({ detail }) => choose(detail.selectedOption.value ?? '')}
        />
      </FormField>
      {template === CUSTOM && (
        <StrategyEditor
          value={value.placementStrategy}
          onChange={(placementStrategy) => onChange({ ...value, placementStrategy })}
        />
      )}
      {template === CUSTOM && constraints}
    </SpaceBetween>
  );
}
