/** "Copy as AWS CLI command": for every action that the console offers. */
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import type { Call } from '../aws/call';
import { commandLine } from '../aws/commandLine';

interface Props {
  call: Pick<Call<unknown>, 'service' | 'operation' | 'input'>;
}

export function CopyCommand({ call }: Props) {
  return (
    <CopyToClipboard
      copyButtonText="Copy as AWS CLI command"
      copySuccessText="Command copied"
      copyErrorText="The browser does not let us copy"
      textToCopy={commandLine(call)}
      variant="button"
    />
  );
}
