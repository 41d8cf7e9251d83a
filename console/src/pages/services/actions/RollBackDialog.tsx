/** Back to a revision that the service had before: an update, as any other. */
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useState } from 'react';
import { nameOf } from '../../../aws/arns';
import * as ecs from '../../../aws/ecs';
import { ConfirmDialog } from '../../../widgets/ConfirmDialog';
import { FailureAlert } from '../../../widgets/FailureAlert';
import { PlanView } from '../../../widgets/plan/PlanView';
import { useDeployments } from '../queries';
import { formerRevisions } from './formerRevisions';
import type { DialogProps } from './ServiceDialog';

export function RollBackDialog({ cluster, service, onDismiss }: DialogProps) {
  const name = service.serviceName ?? '';
  const { data, error } = useDeployments(cluster, service);
  const [chosen, setChosen] = useState<string>();
  const former = data ? formerRevisions(data, service.taskDefinition) : [];
  const taskDefinition = chosen ?? former[0];
  const request = { cluster, service: name, taskDefinition: taskDefinition ?? '' };
  return (
    <ConfirmDialog
      title={`Roll back ${name}`}
      call={ecs.updateService(request)}
      confirm="Roll back"
      done={`${name} rolls back to ${taskDefinition}.`}
      size="large"
      isBlocked={!taskDefinition}
      onDismiss={onDismiss}
    >
      {error && <FailureAlert failure={error} title="Former revisions could not be listed" />}
      {!data && !error && <Spinner />}
      {data && !former.length && (
        <div>
          {name} has had no other revision than {nameOf(service.taskDefinition)}: there is none to
          roll back to.
        </div>
      )}
      {taskDefinition && (
        <SpaceBetween size="m">
          <FormField
            label="Roll back to"
            description={`${name} has ${nameOf(service.taskDefinition)} now. Its former revisions, the newest first.`}
          >
            <Select
              selectedOption={{ value: taskDefinition, label: taskDefinition }}
              options={former.map((value) => ({ value, label: value }))}
              onChange={({ detail }) => setChosen(detail.selectedOption.value)}
            />
          </FormField>
          <PlanView operation="UpdateService" request={request} />
        </SpaceBetween>
      )}
    </ConfirmDialog>
  );
}
