/** Chooses the status whose revisions are shown, and says how many each has. */
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import { type RevisionStatus, STATUSES } from './revisions';

interface Props {
  definitions: readonly TaskDefinition[];
  status: RevisionStatus;
  onChoose: (status: RevisionStatus) => void;
}

export function StatusFilter({ definitions, status, onChoose }: Props) {
  const count = (of: RevisionStatus) => definitions.filter((one) => one.status === of).length;
  return (
    <SegmentedControl
      label="Status of the revisions"
      selectedId={status}
      options={STATUSES.map((id) => ({ id, text: `${id} (${count(id)})` }))}
      onChange={({ detail }) => onChoose(detail.selectedId as RevisionStatus)}
    />
  );
}
