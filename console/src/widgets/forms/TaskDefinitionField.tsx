/** Chooses a family and one of its ACTIVE revisions, or the latest. INACTIVE ones are not offered. */
import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Select, { type SelectProps } from '@cloudscape-design/components/select';
import type { Failure } from '../../aws/failures';
import { useActiveFamilies, useActiveRevisions } from './queries';
import { readTaskDefinition, writeTaskDefinition } from './taskDefinitionNames';

interface Props {
  /** `family`, `family:revision` or an ARN; empty while none is chosen. */
  value: string;
  /** Told `family` for the latest revision, else `family:revision`. */
  onChange: (value: string) => void;
  problem?: string;
}

export function TaskDefinitionField({ value, onChange, problem }: Props) {
  const { family, revision } = readTaskDefinition(value);
  const families = useActiveFamilies();
  const revisions = useActiveRevisions(family);
  const numbers = (revisions.data ?? []).map((arn) => readTaskDefinition(arn).revision);
  const latest: SelectProps.Option = {
    value: '',
    label: numbers[0] ? `Latest (${numbers[0]})` : 'Latest',
    description: 'The newest ACTIVE revision at the moment of the request',
  };
  const isInactive = Boolean(revision && revisions.data && !numbers.includes(revision));
  return (
    <ColumnLayout columns={2}>
      <FormField
        label="Task definition family"
        description="Families with ACTIVE revisions."
        errorText={problem}
      >
        <Select
          selectedOption={family ? { value: family, label: family } : null}
          options={(families.data ?? []).map((name) => ({ value: name, label: name }))}
          onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
          filteringType="auto"
          placeholder="Choose a family"
          empty="No family has an ACTIVE revision. Register a task definition first."
          {...loadingOf(families)}
        />
      </FormField>
      <FormField
        label="Revision"
        description="INACTIVE revisions start no new tasks and are not offered."
        errorText={
          isInactive ? `${family}:${revision} is not ACTIVE. Choose another revision.` : undefined
        }
      >
        <Select
          selectedOption={revision ? { value: revision, label: revision } : latest}
          options={[latest, ...numbers.map((one) => ({ value: one, label: one }))]}
          onChange={({ detail }) =>
            onChange(writeTaskDefinition({ family, revision: detail.selectedOption.value ?? '' }))
          }
          filteringType={numbers.length > 10 ? 'auto' : 'none'}
          disabled={!family}
          {...loadingOf(revisions, family !== '')}
        />
      </FormField>
    </ColumnLayout>
  );
}

interface Asked {
  readonly isPending: boolean;
  readonly error: Failure | null;
  readonly refetch: () => unknown;
}

/** How a Select shows that its options are on their way, or that they could not be loaded. */
function loadingOf({ isPending, error, refetch }: Asked, isAsked = true) {
  return {
    statusType: error ? 'error' : isPending && isAsked ? 'loading' : 'finished',
    loadingText: 'Loading',
    errorText: error?.message,
    recoveryText: 'Try again',
    onLoadItems: () => error && void refetch(),
  } as const;
}
