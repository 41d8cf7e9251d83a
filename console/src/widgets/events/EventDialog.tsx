/** One event whole, in EventBridge's form. */
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { PublishedEvent } from '../../live/events';
import './events.css';

interface Props {
  event: PublishedEvent;
  onDismiss: () => void;
}

export function EventDialog({ event, onDismiss }: Props) {
  const json = JSON.stringify(event, null, 2);
  return (
    <Modal
      visible
      size="large"
      header={event['detail-type'] ?? 'Event'}
      closeAriaLabel="Close"
      onDismiss={onDismiss}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <CopyToClipboard
              copyButtonText="Copy"
              copyButtonAriaLabel="Copy the event"
              copySuccessText="JSON copied"
              copyErrorText="The browser does not let us copy"
              textToCopy={json}
            />
            <Button variant="primary" onClick={onDismiss}>
              Close
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <Box variant="code">
        <pre className="event-json">{json}</pre>
      </Box>
    </Modal>
  );
}
