/** Gives up the deployment that is under way. */
import Alert from '@cloudscape-design/components/alert';
import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import * as ecs from '../../../aws/ecs';
import { ConfirmDialog } from '../../../widgets/ConfirmDialog';
import { revisionName, useDeployments } from '../queries';
import { isUnderWay } from '../serviceDeployments';
import type { DialogProps } from './ServiceDialog';

export function StopDeploymentDialog({ cluster, service, onDismiss }: DialogProps) {
  const name = service.serviceName ?? '';
  const { data } = useDeployments(cluster, service);
  const current = data?.deployments.find(({ status }) => isUnderWay(status));
  const arn = current?.serviceDeploymentArn ?? service.currentServiceDeployment ?? '';
  const target = revisionName(current?.targetServiceRevision?.arn, data?.revisions ?? new Map());
  return (
    <ConfirmDialog
      title={`Stop deployment of ${name}`}
      call={ecs.stopServiceDeployment({ serviceDeploymentArn: arn, stopType: 'ROLLBACK' })}
      confirm="Stop deployment"
      done={`The deployment of ${name} is being stopped.`}
      isBlocked={!arn}
      onDismiss={onDismiss}
    >
      {data && !current && (
        <Alert type="info">No deployment of {name} is under way any more.</Alert>
      )}
      <div>
        {target ? <b>{target}</b> : 'The new revision'} is given up: its tasks are stopped, and the
        service goes back to the last revision that was completed.
      </div>
      <FormField label="How">
        <RadioGroup
          value="ROLLBACK"
          items={[
            {
              value: 'ROLLBACK',
              label: 'Roll back',
              description: 'To the last service revision that was completed.',
            },
            {
              value: 'ABORT',
              label: 'Abort',
              description: 'Stop where it is. ECS names it and does not accept it.',
              disabled: true,
            },
          ]}
        />
      </FormField>
    </ConfirmDialog>
  );
}
