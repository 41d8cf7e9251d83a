/** The load balancers of a new service: existing target groups, each with a container port. */
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useTargetGroups } from '../../../live/balancing';
import {
  BALANCERS_MAX,
  type BalancerForm,
  type Choice,
  groupChoices,
  NEW_BALANCER,
  portChoices,
} from './balancerForm';
import { useListenerRules } from './queries';

interface Props {
  value: readonly BalancerForm[];
  onChange: (value: readonly BalancerForm[]) => void;
  definition: TaskDefinition | undefined;
  /** Any strategy but ROLLING: two sides, and a rule that shifts between them. */
  isStaged: boolean;
  problem?: string;
}

export function BalancerFields({ value, onChange, definition, isStaged, problem }: Props) {
  const ports = portChoices(definition);
  const groups = groupChoices(useTargetGroups().data ?? [], definition?.networkMode);
  const change = (index: number, part: Partial<BalancerForm>) =>
    onChange(value.map((one, at) => (at === index ? { ...one, ...part } : one)));
  const first = ports.length === 1 ? (ports[0]?.value ?? '') : '';
  return (
    <SpaceBetween size="m">
      {value.map((entry, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: entries have no name but their place
        <SpaceBetween size="xs" key={index}>
          <ColumnLayout columns={2}>
            <Chosen
              label="Target group"
              choices={groups}
              value={entry.targetGroupArn}
              onChange={(targetGroupArn) => change(index, { targetGroupArn })}
              empty="There is no target group. Create one, and a listener that leads to it."
            />
            <Chosen
              label="Container and port"
              choices={ports}
              value={entry.port}
              onChange={(port) => change(index, { port })}
              empty="No container of the task definition shows a port (portMappings)."
            />
          </ColumnLayout>
          {isStaged && (
            <StagedFields entry={entry} groups={groups} change={(part) => change(index, part)} />
          )}
          <Button onClick={() => onChange(value.filter((_, at) => at !== index))}>
            Remove load balancer
          </Button>
        </SpaceBetween>
      ))}
      <FormField errorText={problem}>
        <Button
          disabled={value.length >= BALANCERS_MAX}
          onClick={() => onChange([...value, { ...NEW_BALANCER, port: first }])}
        >
          Add load balancer
        </Button>
      </FormField>
    </SpaceBetween>
  );
}

interface StagedProps {
  entry: BalancerForm;
  groups: readonly Choice[];
  change: (part: Partial<BalancerForm>) => void;
}

function StagedFields({ entry, groups, change }: StagedProps) {
  const rules = useListenerRules(true).data ?? [];
  const all = rules.map(({ arn, words }) => ({ value: arn, label: words, description: arn }));
  const leading = rules.filter((one) => one.groups.includes(entry.targetGroupArn));
  const production = leading.length
    ? all.filter(({ value }) => leading.some(({ arn }) => arn === value))
    : all;
  return (
    <ColumnLayout columns={2}>
      <Chosen
        label="Alternate target group"
        choices={groups}
        value={entry.alternateArn}
        onChange={(alternateArn) => change({ alternateArn })}
        empty="A second target group of the same target type is needed."
      />
      <Chosen
        label="Production listener rule"
        choices={production}
        value={entry.productionRule}
        onChange={(productionRule) => change({ productionRule })}
        empty="No listener leads to this target group."
      />
      <Chosen
        label="Test listener rule – optional"
        choices={all.filter(({ value }) => value !== entry.productionRule)}
        value={entry.testRule}
        onChange={(testRule) => change({ testRule })}
        empty="There is no other rule."
      />
      <FormField
        label="Role ARN"
        description="The role with which ECS changes the rule; Roadstead checks its form only."
      >
        <Input
          value={entry.roleArn}
          onChange={({ detail }) => change({ roleArn: detail.value })}
          placeholder="arn:aws:iam::123456789012:role/ecsInfrastructureRole"
        />
      </FormField>
    </ColumnLayout>
  );
}

interface ChosenProps {
  label: string;
  choices: readonly Choice[];
  value: string;
  onChange: (value: string) => void;
  empty: string;
}

function Chosen({ label, choices, value, onChange, empty }: ChosenProps) {
  return (
    <FormField label={label}>
      <Select
        selectedOption={choices.find((one) => one.value === value) ?? null}
        options={choices}
        onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
        placeholder="Choose"
        empty={empty}
      />
    </FormField>
  );
}
