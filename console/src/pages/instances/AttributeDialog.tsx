import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import * as ecs from '../../aws/ecs';
import { CopyCommand } from '../../widgets/CopyCommand';
import { FailureAlert } from '../../widgets/FailureAlert';
import { useSend } from '../../widgets/useSend';

interface Props {
  cluster: string;
  targetId: string;
  onDismiss: () => void;
}

export function AttributeDialog({ cluster, targetId, onDismiss }: Props) {
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const { send, isSending, failure } = useSend({ isQuiet: true });
  const call = ecs.putAttributes({
    cluster,
    attributes: [
      { name, value: value || undefined, targetId, targetType: 'container-instance' as const },
    ],
  });
  const put = async () => {
    if (await send(call, `Attribute ${name} was set.`)) onDismiss();
  };
  return (
    <Modal
      visible
      header="Add attribute"
      closeAriaLabel="Close"
      onDismiss={onDismiss}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <CopyCommand call={call} />
            <Button variant="link" onClick={onDismiss}>
              Cancel
            </Button>
            <Button variant="primary" disabled={!name} loading={isSending} onClick={put}>
              Set
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <FormField
          label="Name"
          constraintText="Letters, digits and - _ / \ . up to 128. One that is there gets the new value."
        >
          <Input
            value={name}
            onChange={({ detail }) => setName(detail.value)}
            placeholder="stack"
            autoFocus
          />
        </FormField>
        <FormField label="Value – optional">
          <Input
            value={value}
            onChange={({ detail }) => setValue(detail.value)}
            placeholder="prod"
          />
        </FormField>
        {failure && <FailureAlert failure={failure} title="PutAttributes was refused" />}
      </SpaceBetween>
    </Modal>
  );
}
