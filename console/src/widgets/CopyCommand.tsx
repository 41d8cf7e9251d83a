/** "Copy as AWS CLI command": for every action that the console offers. */
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import type { Call } from '../aws/call';
import { commandLine } from '../aws/commandLine';

type Command = Pick<Call<unknown>, 'service' | 'operation' | 'input'>;

interface Props {
  /** Several calls are copied as one command a line. */
  call: Command | readonly Command[];
}

export function CopyCommand({ call }: Props) {
  const calls = [call].flat();
  return (
    <CopyToClipboard
      copyButtonText="Copy as AWS CLI command"
      copySuccessText="Command copied"
      copyErrorText="The browser does not let us copy"
      textToCopy={calls.map(commandLine).join('\n')}
      variant="button"
    />
  );
}
