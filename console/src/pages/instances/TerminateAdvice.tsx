/** The machine stays: how to terminate it, if it has had its day. */
import type { ContainerInstance } from '@aws-sdk/client-ecs';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import { isExternal } from '../../widgets/instanceResources';

export function TerminateAdvice({ instances }: { instances: readonly ContainerInstance[] }) {
  const ids = instances.flatMap((one) => (isExternal(one) ? [] : (one.ec2InstanceId ?? [])));
  if (!ids.length) return null;
  const command = `roadstead instance terminate ${ids.join(' ')}`;
  return (
    <Alert type="info" header="Deregistering does not terminate the EC2 instance">
      If you are finished with it, terminate it afterwards:{' '}
      <CopyToClipboard
        variant="inline"
        textToCopy={command}
        copyButtonAriaLabel="Copy the command"
        copySuccessText="Command copied"
        copyErrorText="The browser does not let us copy"
        textToDisplay={command}
      />
      <Box variant="small" color="inherit" display="block">
        An instance that is terminated while its agent is connected is deregistered by that alone.
        Nothing launches it again here: Roadstead has no Auto Scaling groups and no CloudFormation
        stacks. Where one of them maintains an instance, on AWS, terminate it by updating the group
        or the stack; else the group re-creates it.
      </Box>
    </Alert>
  );
}
