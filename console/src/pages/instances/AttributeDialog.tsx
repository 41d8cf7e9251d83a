import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import * as ecs from '../../aws/ecs';
import { ActionDialog } from '../../widgets/ActionDialog';
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
    <ActionDialog
      title="Add attribute"
      call={call}
      confirm="Set"
      isReady={name !== ''}
      isSending={isSending}
      failure={failure}
      onConfirm={put}
      onDismiss={onDismiss}
    >
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
        <Input value={value} onChange={({ detail }) => setValue(detail.value)} placeholder="prod" />
      </FormField>
    </ActionDialog>
  );
}
