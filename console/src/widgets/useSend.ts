/** Sends a call that changes something; says how it went, and has what changed shown at once. */
import { useCallback, useState } from 'react';
import { useNotifications } from '../app/notifications';
import type { Call } from '../aws/call';
import { type Failure, failureOf } from '../aws/failures';
import { announce, connectionNow } from '../live/changes';

export interface Sending {
  /** The answer, or undefined when it failed; then `failure` says why. */
  send<O>(call: Call<O>, done?: string): Promise<O | undefined>;
  readonly isSending: boolean;
  readonly failure: Failure | undefined;
  forget(): void;
}

/** `isQuiet`: a failure is shown by who sends, not above the page. */
export function useSend({ isQuiet = false } = {}): Sending {
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const { succeeded, failed } = useNotifications();
  const send = useCallback(
    async <O>(call: Call<O>, done?: string): Promise<O | undefined> => {
      setSending(true);
      setFailure(undefined);
      try {
        const answer = await call.send();
        if (done) succeeded(done);
        // The stream tells of it in a moment; without the stream everything is asked anew.
        if (connectionNow() !== 'live') announce(null);
        return answer;
      } catch (error) {
        const found = failureOf(error);
        setFailure(found);
        if (!isQuiet) failed(`${call.operation} failed`, found);
        return undefined;
      } finally {
        setSending(false);
      }
    },
    [succeeded, failed, isQuiet],
  );
  const forget = useCallback(() => setFailure(undefined), []);
  return { send, isSending, failure, forget };
}
