/** Asks before something is done that stops, removes or replaces; what fails is said in it. */
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal, { type ModalProps } from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useEffect, useState } from 'react';
import type { Call } from '../aws/call';
import { CopyCommand } from './CopyCommand';
import { FailureAlert } from './FailureAlert';
import { useSend } from './useSend';

interface Props<O> {
  title: string;
  /** What is done on confirmation; several calls are sent one after another, until one fails. */
  call: Call<O> | readonly Call<O>[];
  /** The button's words: `Yes, Deregister`. */
  confirm: string;
  /** To be typed first, for what cannot be taken back. */
  word?: string;
  /** What the notification says afterwards. */
  done: string;
  size?: ModalProps['size'];
  /** Confirming is not possible (yet): a plan is being made, a field is wrong. */
  isBlocked?: boolean;
  children: ReactNode;
  onDone?: (answer: O) => void;
  onDismiss: () => void;
}

export function ConfirmDialog<O>(props: Props<O>) {
  const { title, call, confirm, word, done, children, onDone, onDismiss } = props;
  const [typed, setTyped] = useState('');
  const [hadWord] = useState(Boolean(word)); // one that comes later must not take the focus
  const { send, isSending, failure, forget } = useSend({ isQuiet: true });
  const isReady = !props.isBlocked && (!word || typed.trim() === word);
  const calls = [call].flat() as readonly Call<O>[];
  const inputs = JSON.stringify(calls.map(({ input }) => input));
  // biome-ignore lint/correctness/useExhaustiveDependencies: a refusal is of the inputs that were sent
  useEffect(forget, [inputs]);
  const act = async () => {
    if (isSending) return; // Enter was pressed twice
    for (const [index, one] of calls.entries()) {
      const isLast = index === calls.length - 1;
      const answer = await send(one, isLast ? done : undefined);
      if (answer === undefined) return;
      if (isLast) onDone?.(answer);
    }
    onDismiss();
  };
  return (
    <Modal
      visible
      size={props.size ?? 'medium'}
      header={title}
      closeAriaLabel="Close"
      onDismiss={onDismiss}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <CopyCommand call={call} />
            <Button variant="link" onClick={onDismiss}>
              Cancel
            </Button>
            <Button variant="primary" disabled={!isReady} loading={isSending} onClick={act}>
              {confirm}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {children}
        {word && (
          <FormField label={`To confirm, type ${word}`}>
            <Input
              value={typed}
              onChange={({ detail }) => setTyped(detail.value)}
              onKeyDown={({ detail }) => detail.key === 'Enter' && isReady && void act()}
              placeholder={word}
              autoFocus={hadWord}
            />
          </FormField>
        )}
        {failure && <FailureAlert failure={failure} title={`${calls[0]?.operation} was refused`} />}
      </SpaceBetween>
    </Modal>
  );
}
