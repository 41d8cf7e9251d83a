/** How a service is deployed: strategy, percentages, circuit breaker, bakes and pauses. */
import type { DeploymentStrategy } from '@aws-sdk/client-ecs';
import Checkbox from '@cloudscape-design/components/checkbox';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Multiselect from '@cloudscape-design/components/multiselect';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { NumberField } from '../../../widgets/forms/NumberField';
import { type DeploymentForm, type DeploymentProblems, pausesOf } from './deploymentForm';

interface Props {
  value: DeploymentForm;
  onChange: (value: DeploymentForm) => void;
  problems: DeploymentProblems;
  isDaemon?: boolean;
}

const STRATEGIES: readonly { value: DeploymentStrategy; label: string; description: string }[] = [
  {
    value: 'ROLLING',
    label: 'Rolling update',
    description: 'Old tasks make way for new ones, a few at a time.',
  },
  {
    value: 'BLUE_GREEN',
    label: 'Blue/green',
    description: 'The new tasks stand beside the old ones; then all traffic shifts at once.',
  },
  { value: 'LINEAR', label: 'Linear', description: 'Traffic shifts in equal steps.' },
  { value: 'CANARY', label: 'Canary', description: 'A part of the traffic first, then the rest.' },
];

export function DeploymentFields({ value, onChange, problems, isDaemon = false }: Props) {
  const change = (part: Partial<DeploymentForm>) => onChange({ ...value, ...part });
  const isStaged = value.strategy !== 'ROLLING';
  return (
    <SpaceBetween size="m">
      {!isDaemon && (
        <FormField label="Deployment strategy">
          <Select
            selectedOption={STRATEGIES.find((one) => one.value === value.strategy) ?? null}
            options={STRATEGIES}
            onChange={({ detail }) => {
              const strategy = detail.selectedOption.value as DeploymentStrategy;
              const known = pausesOf(strategy);
              change({ strategy, pauses: value.pauses.filter((one) => known.includes(one)) });
            }}
          />
        </FormField>
      )}
      <ColumnLayout columns={2}>
        <NumberField
          label="Minimum healthy percent"
          description="Of the desired tasks, so many stay healthy during a deployment."
          value={value.minimum}
          onChange={(minimum) => change({ minimum })}
          problem={problems.minimum}
        />
        <NumberField
          label="Maximum percent"
          description="Of the desired tasks, so many may run or start at once."
          value={value.maximum}
          onChange={(maximum) => change({ maximum })}
          problem={problems.maximum}
        />
      </ColumnLayout>
      {isStaged && <ShiftFields value={value} change={change} problems={problems} />}
      <FormField
        label="Circuit breaker"
        description="Ends a deployment whose tasks fail again and again."
      >
        <Checkbox
          checked={value.hasBreaker}
          onChange={({ detail }) => change({ hasBreaker: detail.checked })}
        >
          Use the deployment circuit breaker
        </Checkbox>
        <Checkbox
          checked={value.hasBreaker && value.hasRollback}
          disabled={!value.hasBreaker}
          onChange={({ detail }) => change({ hasRollback: detail.checked })}
        >
          Roll back to the last completed revision
        </Checkbox>
      </FormField>
      {!isDaemon && <Pauses value={value} change={change} />}
    </SpaceBetween>
  );
}

interface PartProps {
  value: DeploymentForm;
  change: (part: Partial<DeploymentForm>) => void;
  problems?: DeploymentProblems;
}

function ShiftFields({ value, change, problems = {} }: PartProps) {
  const isLinear = value.strategy === 'LINEAR';
  return (
    <ColumnLayout columns={value.strategy === 'BLUE_GREEN' ? 1 : 3}>
      {value.strategy !== 'BLUE_GREEN' && (
        <NumberField
          label={isLinear ? 'Step percent' : 'Canary percent'}
          value={value.shiftPercent}
          onChange={(shiftPercent) => change({ shiftPercent })}
          problem={problems.shiftPercent}
        />
      )}
      {value.strategy !== 'BLUE_GREEN' && (
        <NumberField
          label={isLinear ? 'Minutes between steps' : 'Minutes before the rest'}
          value={value.shiftMinutes}
          onChange={(shiftMinutes) => change({ shiftMinutes })}
          problem={problems.shiftMinutes}
        />
      )}
      <NumberField
        label="Bake time in minutes"
        description="The former revision is kept for so long after all traffic has shifted."
        value={value.bakeMinutes}
        onChange={(bakeMinutes) => change({ bakeMinutes })}
        problem={problems.bakeMinutes}
      />
    </ColumnLayout>
  );
}

function Pauses({ value, change }: PartProps) {
  return (
    <FormField
      label="Pauses – optional"
      description="Stages at which the deployment waits until somebody says continue or roll back."
    >
      <Multiselect
        selectedOptions={value.pauses.map((stage) => ({ value: stage, label: stage }))}
        options={pausesOf(value.strategy).map((stage) => ({ value: stage, label: stage }))}
        onChange={({ detail }) =>
          change({ pauses: detail.selectedOptions.flatMap((one) => one.value ?? []) })
        }
        placeholder="Goes on by itself"
        deselectAriaLabel={({ label }) => `Remove ${label}`}
      />
    </FormField>
  );
}
