/** "Deregister task definition": what it means for those that use the revisions, in ECS's words. */
import Alert from '@cloudscape-design/components/alert';
import { useState } from 'react';
import { BatchDialog } from './BatchDialog';
import { deregistrations } from './batches';
import { afterDeregistration } from './consequences';
import type { DialogProps } from './RevisionDialog';

export function DeregisterDialog({ selected, all, usage, onSelect, onDismiss }: DialogProps) {
  const [revisions] = useState(selected);
  const [before] = useState(all);
  const { isFamilyInactive, family, latest } = afterDeregistration(before, revisions);
  const arns = revisions.map(({ taskDefinitionArn = '' }) => taskDefinitionArn);
  const isUsed = arns.some((arn) => usage.byRevision.has(arn));
  return (
    <BatchDialog
      title="Deregister task definition"
      confirm="Deregister"
      done="deregistered"
      revisions={revisions}
      usage={usage}
      batchesOf={deregistrations}
      afterwards={
        isFamilyInactive ? `The family ${family} is now in the INACTIVE list.` : undefined
      }
      onSelect={onSelect}
      onDismiss={onDismiss}
    >
      <div>
        {revisions.length === 1 ? 'The revision is' : 'The revisions are'} immediately marked as
        INACTIVE and cannot become ACTIVE again.
        <ul>
          {isUsed && (
            <li>
              Existing tasks and services that reference {revisions.length === 1 ? 'it' : 'them'}{' '}
              continue to run without disruption. Services can still scale up or down by modifying
              their desired count.
            </li>
          )}
          <li>
            {revisions.length === 1 ? 'It' : 'They'} cannot be used to run new tasks or create new
            services, and no existing service can be updated to reference{' '}
            {revisions.length === 1 ? 'it' : 'them'}.
          </li>
          {latest && (
            <li>
              Where only the family is named, <b>{family}</b> then means <b>{latest}</b>, the latest
              ACTIVE revision.
            </li>
          )}
        </ul>
      </div>
      {isFamilyInactive && (
        <Alert type="warning" header={`The family ${family} is moved to the INACTIVE list`}>
          No ACTIVE revision is left. Adding a new revision moves the family back to the ACTIVE
          list.
        </Alert>
      )}
    </BatchDialog>
  );
}
