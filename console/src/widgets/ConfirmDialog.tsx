/** Asks before something is done that stops, removes or replaces; what fails is said in it. */
import type { ModalProps } from '@cloudscape-design/components/modal';
import { type ReactNode, useEffect, useState } from 'react';
import type { Call } from '../aws/call';
import { ActionDialog } from './ActionDialog';
import { useSend } from './useSend';
import { WordField } from './WordField';

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
    <ActionDialog
      title={title}
      size={props.size}
      call={call}
      confirm={confirm}
      isReady={isReady}
      isBlocked={props.isBlocked ?? false}
      isSending={isSending}
      failure={failure}
      onConfirm={act}
      onDismiss={onDismiss}
    >
      {children}
      {word && (
        <WordField
          word={word}
          value={typed}
          onChange={setTyped}
          onEnter={() => isReady && void act()}
          hasFocus={hadWord}
        />
      )}
    </ActionDialog>
  );
}
