/** How many tasks the service is to have, with what would then happen. */
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import * as ecs from '../../../aws/ecs';
import { ConfirmDialog } from '../../../widgets/ConfirmDialog';
import { PlanView } from '../../../widgets/plan/PlanView';
import { useSettled } from '../../../widgets/useSettled';
import { counted } from '../deploymentState';
import { desiredCount, desiredCountProblem } from './counts';
import type { DialogProps } from './ServiceDialog';

export function ScaleDialog({ cluster, service, onDismiss }: DialogProps) {
  const now = service.desiredCount ?? 0;
  const [typed, setTyped] = useState(String(now));
  const count = desiredCount(typed);
  const planned = useSettled(count);
  const name = service.serviceName ?? '';
  const wanted = count ?? now;
  return (
    <ConfirmDialog
      title={`Scale ${name}`}
      call={ecs.updateService({ cluster, service: name, desiredCount: wanted })}
      confirm="Scale"
      done={`${name} is to have ${counted(wanted, 'task')}.`}
      size="large"
      isBlocked={count === undefined || count === now}
      onDismiss={onDismiss}
    >
      <FormField
        label="Desired tasks"
        description={`${now} now. With 0, the service stays and has no tasks.`}
        errorText={desiredCountProblem(typed)}
      >
        <Input
          value={typed}
          type="number"
          inputMode="numeric"
          onChange={({ detail }) => setTyped(detail.value)}
          autoFocus
        />
      </FormField>
      {planned !== undefined && planned !== now && (
        <PlanView
          operation="UpdateService"
          request={{ cluster, service: name, desiredCount: planned }}
        />
      )}
    </ConfirmDialog>
  );
}
