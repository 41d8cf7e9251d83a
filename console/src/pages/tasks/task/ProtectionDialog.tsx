/** Protects a task for a while, or ends that. ECS answers 200 also where it refuses. */
import type { Failure as EcsFailure } from '@aws-sdk/client-ecs';
import Alert from '@cloudscape-design/components/alert';
import { useState } from 'react';
import * as ecs from '../../../aws/ecs';
import { ActionDialog } from '../../../widgets/ActionDialog';
import { NumberField } from '../../../widgets/forms/NumberField';
import { useSend } from '../../../widgets/useSend';

const MINUTES_MAX = 2_880;

interface Props {
  cluster: string;
  id: string;
  isOn: boolean;
  onDone: () => void;
  onDismiss: () => void;
}

export function ProtectionDialog({ cluster, id, isOn, onDone, onDismiss }: Props) {
  const [minutes, setMinutes] = useState('120');
  const [refusals, setRefusals] = useState<readonly EcsFailure[]>([]);
  const { send, isSending, failure } = useSend({ isQuiet: true });
  const given = Number(minutes);
  const isWrong = isOn && !(Number.isInteger(given) && given >= 1 && given <= MINUTES_MAX);
  const call = ecs.updateTaskProtection({
    cluster,
    tasks: [id],
    protectionEnabled: isOn,
    ...(isOn ? { expiresInMinutes: given } : {}),
  });
  const act = async () => {
    const answer = await send(call);
    if (!answer) return;
    setRefusals(answer.failures ?? []);
    if (answer.failures?.length) return;
    onDone();
    onDismiss();
  };
  return (
    <ActionDialog
      title={isOn ? `Protect task ${id}` : `End the protection of task ${id}`}
      call={call}
      confirm={isOn ? 'Protect' : 'End protection'}
      isReady={!isWrong}
      isSending={isSending}
      failure={failure}
      onConfirm={act}
      onDismiss={onDismiss}
    >
      {isOn ? (
        <NumberField
          label="Minutes from now"
          description="1 to 2880 (48 hours). A new time replaces the former one."
          value={minutes}
          onChange={setMinutes}
          problem={isWrong ? `expiresInMinutes should be 1 to ${MINUTES_MAX}.` : undefined}
        />
      ) : (
        <div>The service may stop the task from then on, when it scales in or deploys.</div>
      )}
      {refusals.map(({ arn, reason, detail }) => (
        <Alert key={arn ?? reason} type="error" header={reason ?? 'ECS refused'}>
          {detail ?? 'ECS gave no detail.'}
        </Alert>
      ))}
    </ActionDialog>
  );
}
