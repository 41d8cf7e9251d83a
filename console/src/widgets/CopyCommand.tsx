/** "Copy as AWS CLI command": for every action that the console offers. */
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import type { Call } from '../aws/call';
import { commandLine } from '../aws/commandLine';

type Command = Pick<Call<unknown>, 'service' | 'operation' | 'input'>;

interface Props {
  /** Several calls are copied as one command a line. */
  call: Command | readonly Command[];
  /** What is written cannot be sent, so that it is no command either. */
  isBlocked?: boolean;
}

export function CopyCommand({ call, isBlocked = false }: Props) {
  const calls = [call].flat();
  return (
    <CopyToClipboard
      copyButtonText="Copy as AWS CLI command"
      copySuccessText="Command copied"
      copyErrorText="The browser does not let us copy"
      textToCopy={calls.map(commandLine).join('\n')}
      disabled={isBlocked || !calls.length}
      disabledReason="There is nothing to be sent yet."
      variant="button"
    />
  );
}
