/** Replaces every task of the service by a new one of the same revision. */

import { nameOf } from '../../../aws/arns';
import * as ecs from '../../../aws/ecs';
import { ConfirmDialog } from '../../../widgets/ConfirmDialog';
import { PlanView } from '../../../widgets/plan/PlanView';
import type { DialogProps } from './ServiceDialog';

export function ForceDeploymentDialog({ cluster, service, onDismiss }: DialogProps) {
  const name = service.serviceName ?? '';
  const request = { cluster, service: name, forceNewDeployment: true };
  return (
    <ConfirmDialog
      title={`Force new deployment of ${name}`}
      call={ecs.updateService(request)}
      confirm="Force new deployment"
      done={`A new deployment of ${name} has begun.`}
      size="large"
      onDismiss={onDismiss}
    >
      <div>
        Every task is replaced by a new one of <b>{nameOf(service.taskDefinition)}</b>. Image tags
        are resolved anew: when the image behind a tag has changed, the new tasks run it.
      </div>
      <PlanView operation="UpdateService" request={request} />
    </ConfirmDialog>
  );
}
