/** Which two revisions are compared. */
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { newestFirst, revisionNumber, shortName } from '../summary';

interface Props {
  revisions: readonly TaskDefinition[];
  from: number;
  to: number;
  onChoose: (from: number, to: number) => void;
}

export function RevisionChoice({ revisions, from, to, onChoose }: Props) {
  const options = newestFirst(revisions).map((one) => ({
    value: String(revisionNumber(one)),
    label: shortName(one),
    description: one.status,
  }));
  const optionOf = (revision: number) =>
    options.find(({ value }) => value === String(revision)) ?? null;
  return (
    <SpaceBetween direction="horizontal" size="s" alignItems="end">
      <FormField label="From">
        <Select
          selectedOption={optionOf(from)}
          options={options}
          filteringType="auto"
          placeholder="Choose a revision"
          onChange={({ detail }) => onChoose(Number(detail.selectedOption.value), to)}
        />
      </FormField>
      <FormField label="To">
        <Select
          selectedOption={optionOf(to)}
          options={options}
          filteringType="auto"
          placeholder="Choose a revision"
          onChange={({ detail }) => onChoose(from, Number(detail.selectedOption.value))}
        />
      </FormField>
      <Button ariaLabel="Swap from and to" onClick={() => onChoose(to, from)}>
        Swap
      </Button>
    </SpaceBetween>
  );
}
