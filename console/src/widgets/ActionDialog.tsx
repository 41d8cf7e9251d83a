/** The frame of every dialog that does something: its command, Cancel and its button; a refusal. */
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal, { type ModalProps } from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import type { Call } from '../aws/call';
import type { Failure } from '../aws/failures';
import { Apart } from './Apart';
import { CopyCommand } from './CopyCommand';
import { FailureAlert } from './FailureAlert';

interface Props {
  title: string;
  /** What the button sends, shown as a command. */
  call: Call<unknown> | readonly Call<unknown>[];
  /** The button's words. */
  confirm: string;
  /** Of the button that does nothing: `Cancel` by itself. */
  dismiss?: string;
  isReady?: boolean;
  /** What is written cannot be sent. By itself: while the button is not ready. */
  isBlocked?: boolean;
  isSending: boolean;
  failure?: Failure;
  /** What is said above a failure; by itself that the operation was refused. */
  refusal?: string;
  size?: ModalProps['size'];
  children: ReactNode;
  onConfirm: () => void;
  onDismiss: () => void;
}

export function ActionDialog(props: Props) {
  const { title, call, confirm, isReady = true, isSending, failure, children, onDismiss } = props;
  const isBlocked = props.isBlocked ?? !isReady;
  const refusal = props.refusal ?? `${[call].flat()[0]?.operation} was refused`;
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
            <CopyCommand call={call} isBlocked={isBlocked} />
            <Button variant="link" onClick={onDismiss}>
              {props.dismiss ?? 'Cancel'}
            </Button>
            <Button
              variant="primary"
              disabled={!isReady}
              loading={isSending}
              onClick={props.onConfirm}
            >
              {confirm}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <Apart size="m">
        {children}
        {failure && <FailureAlert failure={failure} title={refusal} />}
      </Apart>
    </Modal>
  );
}
