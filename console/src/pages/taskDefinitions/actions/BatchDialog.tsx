/**
 * Asks before something is done with several revisions, and says what became of each. Those that
 * fail stay selected, with the reason, and can be tried again.
 */
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useState } from 'react';
import { CopyCommand } from '../../../widgets/CopyCommand';
import { FailureAlert } from '../../../widgets/FailureAlert';
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
    <Modal
      visible
      size="large"
      header={title}
      closeAriaLabel="Close"
      onDismiss={onDismiss}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <CopyCommand call={props.batchesOf(left).map(({ call }) => call)} />
            <Button variant="link" onClick={onDismiss}>
              {failed ? 'Close' : 'Cancel'}
            </Button>
            <Button variant="primary" disabled={!isReady} loading={isSending} onClick={send}>
              {confirm}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
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
          <FormField label={`To confirm, type ${word}`}>
            <Input
              value={typed}
              onChange={({ detail }) => setTyped(detail.value)}
              onKeyDown={({ detail }) => detail.key === 'Enter' && isReady && send()}
              placeholder={word}
            />
          </FormField>
        )}
      </SpaceBetween>
    </Modal>
  );
}
