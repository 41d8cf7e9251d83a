/**
 * Asks before something is done with several revisions, and says what became of each. Those that
 * fail stay selected, with the reason, and can be tried again.
 */
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import Alert from '@cloudscape-design/components/alert';
import { type ReactNode, useState } from 'react';
import { ActionDialog } from '../../../widgets/ActionDialog';
import { FailureAlert } from '../../../widgets/FailureAlert';
import { WordField } from '../../../widgets/WordField';
import { counted } from '../summary';
import type { UsageOfFamily } from '../useUsage';
import type { Batch } from './batches';
import { RevisionResults } from './RevisionResults';
import { useBatches } from './useBatches';

interface Props {
  title: string;
  confirm: string;
  /** What has then happened to them: `deregistered`. */
  done: string;
  /** To be typed first, for what cannot be taken back. */
  word?: string;
  revisions: readonly TaskDefinition[];
  usage: UsageOfFamily;
  batchesOf: (arns: readonly string[]) => readonly Batch[];
  /** Said besides when all went well. */
  afterwards?: string;
  children: ReactNode;
  onSelect: (arns: readonly string[]) => void;
  onDismiss: () => void;
}

export function BatchDialog(props: Props) {
  const { title, confirm, word, revisions, usage, children, onDismiss } = props;
  const [typed, setTyped] = useState('');
  const { left, outcomes, isSending, send } = useBatches(props);
  const failed = left.filter((arn) => outcomes.get(arn)?.failure).length;
  const isReady =
    !isSending && !usage.isLoading && left.length > 0 && (!word || typed.trim() === word);
  return (
    <ActionDialog
      title={title}
      size="large"
      call={props.batchesOf(left).map(({ call }) => call)}
      confirm={confirm}
      dismiss={failed ? 'Close' : 'Cancel'}
      isReady={isReady}
      isBlocked={left.length === 0}
      isSending={isSending}
      onConfirm={send}
      onDismiss={onDismiss}
    >
      {failed > 0 && !isSending && (
        <Alert type="error" header={`${counted(failed, 'revision')} could not be ${props.done}`}>
          {revisions.length - failed > 0 &&
            `${counted(revisions.length - failed, 'revision')} went well. `}
          Each of those that failed says why below and stays selected.
        </Alert>
      )}
      <RevisionResults revisions={revisions} usage={usage} outcomes={outcomes} />
      {usage.failure && (
        <FailureAlert failure={usage.failure} title="Who uses them could not be found out" />
      )}
      {failed === 0 && children}
      {word && (
        <WordField
          word={word}
          value={typed}
          onChange={setTyped}
          onEnter={() => isReady && send()}
          hasFocus={false}
        />
      )}
    </ActionDialog>
  );
}
