/** How to end what still runs of an orphan: ECS cannot, but its machine can be terminated. */
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';

/** `id`: of the EC2 instance, where ECS still tells of it. */
export function MachineLeft({ id }: { id: string | undefined }) {
  if (!id) return null;
  return (
    <div>
      If you are finished with the machine, terminate it:{' '}
      <CopyToClipboard
        variant="inline"
        textToCopy={`roadstead instance terminate ${id}`}
        copyButtonAriaLabel="Copy the command"
        copySuccessText="Command copied"
        copyErrorText="The browser does not let us copy"
        textToDisplay={`roadstead instance terminate ${id}`}
      />
    </div>
  );
}
