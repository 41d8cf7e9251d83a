/** A failure as AWS tells it: message, code and request id. */
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import type { Failure } from '../aws/failures';

export function FailureText({ failure }: { failure: Failure }) {
  return (
    <>
      <div>{failure.message}</div>
      <Box variant="small" color="inherit">
        {failure.code}
        {failure.requestId ? ` · request id ${failure.requestId}` : ''}
      </Box>
    </>
  );
}

interface Props {
  failure: Failure;
  /** What could not be done, in a few words. */
  title: string;
  onRetry?: () => void;
}

export function FailureAlert({ failure, title, onRetry }: Props) {
  return (
    <Alert
      type="error"
      header={title}
      action={onRetry && <Button onClick={onRetry}>Try again</Button>}
    >
      <FailureText failure={failure} />
    </Alert>
  );
}
