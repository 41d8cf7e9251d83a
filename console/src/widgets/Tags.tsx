/** The tags of something that ECS has: listed, added, changed, removed. */
import type { Tag } from '@aws-sdk/client-ecs';
import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import * as ecs from '../aws/ecs';
import { ActionDialog } from './ActionDialog';
import { EmptyState } from './EmptyState';
import { TagsField } from './forms/TagsField';
import { tagsProblem } from './forms/tagProblems';
import { type Column, ItemTable } from './ItemTable';
import { changedTags, removedKeys } from './tagChanges';
import { useSend } from './useSend';

const COLUMNS: readonly Column<Tag>[] = [
  { id: 'key', header: 'Key', value: ({ key }) => key, cell: ({ key }) => key },
  { id: 'value', header: 'Value', value: ({ value }) => value, cell: ({ value }) => value || '–' },
];

const idOf = ({ key = '' }: Tag) => key;

interface Props {
  arn: string;
  tags: readonly Tag[];
  /** Whose they are: `cluster default`. */
  of: string;
}

export function Tags({ arn, tags, of }: Props) {
  const [isEditing, setEditing] = useState(false);
  const manage = <Button onClick={() => setEditing(true)}>Manage tags</Button>;
  return (
    <>
      <ItemTable
        title="Tags"
        name="tag"
        items={tags}
        columns={COLUMNS}
        idOf={idOf}
        actions={manage}
        empty={
          <EmptyState title="No tags" action={manage}>
            Tags are words of your own that this is found by, such as stack = prod.
          </EmptyState>
        }
      />
      {isEditing && (
        <TagsDialog arn={arn} tags={tags} of={of} onDismiss={() => setEditing(false)} />
      )}
    </>
  );
}

function TagsDialog({ arn, tags, of, onDismiss }: Props & { onDismiss: () => void }) {
  const [edited, setEdited] = useState<readonly Tag[]>(tags);
  const { send, isSending, failure } = useSend({ isQuiet: true });
  const changed = changedTags(tags, edited);
  const removed = removedKeys(tags, edited);
  const tag = ecs.tagResource({ resourceArn: arn, tags: changed });
  const untag = ecs.untagResource({ resourceArn: arn, tagKeys: removed });
  // What is removed goes first: there may be 50 tags already.
  const calls = [...(removed.length ? [untag] : []), ...(changed.length ? [tag] : [])];
  const isReady = calls.length > 0 && !tagsProblem(edited);
  const save = async () => {
    for (const call of calls) {
      if (!(await send(call))) return;
    }
    onDismiss();
  };
  return (
    <ActionDialog
      title={`Tags of ${of}`}
      call={calls}
      confirm="Save"
      isReady={isReady}
      isSending={isSending}
      failure={failure}
      refusal="The tags were refused"
      onConfirm={save}
      onDismiss={onDismiss}
    >
      <TagsField value={edited} onChange={setEdited} />
    </ActionDialog>
  );
}
