/** "Delete task definition": for good, when the last task and service using it are gone. */
import { useState } from 'react';
import { BatchDialog } from './BatchDialog';
import { deletions } from './batches';
import type { DialogProps } from './RevisionDialog';

export function DeleteDialog({ selected, usage, onSelect, onDismiss }: DialogProps) {
  const [revisions] = useState(selected);
  const isUsed = revisions.some(({ taskDefinitionArn = '' }) =>
    usage.byRevision.has(taskDefinitionArn),
  );
  return (
    <BatchDialog
      title="Delete task definition"
      confirm="Delete"
      done="deleted"
      word="delete"
      revisions={revisions}
      usage={usage}
      batchesOf={deletions}
      onSelect={onSelect}
      onDismiss={onDismiss}
    >
      <div>
        This cannot be taken back, and a revision's number is never given again.
        {isUsed &&
          ' Existing tasks and services that reference a deleted revision continue to run without' +
            ' disruption, and services can still scale; until the last of them is gone, the' +
            ' revision is DELETE_IN_PROGRESS.'}
      </div>
    </BatchDialog>
  );
}
