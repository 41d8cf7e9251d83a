/** The form of an update, filled with the service as it is. */
import type { Service } from '@aws-sdk/client-ecs';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { paths } from '../../../app/paths';
import { FormSection } from '../../../widgets/forms/FormSection';
import { NetworkSection, PlacementSection } from '../../../widgets/forms/LaunchSections';
import { NumberField } from '../../../widgets/forms/NumberField';
import { useTaskDefinition } from '../../../widgets/forms/queries';
import { TaskDefinitionField } from '../../../widgets/forms/TaskDefinitionField';
import { DeploymentFields } from './DeploymentFields';
import { UpdateDialog } from './UpdateDialog';
import { changesOf, hasProblems, readService, type UpdateForm, updateProblems } from './updateForm';

export function UpdateServiceForm({
  cluster,
  service: latest,
}: {
  cluster: string;
  service: Service;
}) {
  // What is changed is changed against the service as it was when the form was opened.
  const [service] = useState(latest);
  const [form, setForm] = useState(() => readService(service));
  const [isAsking, setAsking] = useState(false);
  const navigate = useNavigate();
  const name = service.serviceName ?? '';
  const isDaemon = service.schedulingStrategy === 'DAEMON';
  const networkMode = useTaskDefinition(form.taskDefinition).data?.networkMode;
  const problems = updateProblems(form, networkMode, isDaemon);
  const changes = changesOf(service, form);
  const hasChanges = Object.keys(changes).length > 0;
  const change = (part: Partial<UpdateForm>) => setForm((before) => ({ ...before, ...part }));
  return (
    <SpaceBetween size="l">
      <FormSection title="Task definition and count">
        <TaskDefinitionField
          value={form.taskDefinition}
          onChange={(taskDefinition) => change({ taskDefinition })}
          problem={problems.taskDefinition}
        />
        <NumberField
          label="Desired tasks"
          description={
            isDaemon ? 'A DAEMON service has one task on each of its instances.' : undefined
          }
          value={form.desired}
          onChange={(desired) => change({ desired })}
          problem={problems.desired}
          isDisabled={isDaemon}
        />
        <Checkbox
          checked={form.isForced}
          onChange={({ detail }) => change({ isForced: detail.checked })}
          description="Every task is replaced, also when nothing else has changed."
        >
          Force new deployment
        </Checkbox>
      </FormSection>
      <FormSection title="Deployment">
        <DeploymentFields
          value={form.deployment}
          onChange={(deployment) => change({ deployment })}
          problems={problems.deployment}
          isDaemon={isDaemon}
        />
      </FormSection>
      <NetworkSection
        networkMode={networkMode}
        value={form.network}
        change={change}
        problem={problems.network}
      />
      <FormSection title="Health checks">
        <NumberField
          label="Health check grace period in seconds"
          description="For so long after a task runs, unhealthy is not held against it."
          value={form.grace}
          onChange={(grace) => change({ grace })}
          problem={problems.grace}
        />
      </FormSection>
      <PlacementSection value={form.placement} change={change} isDaemon={isDaemon}>
        {!isDaemon && (
          <Checkbox
            checked={form.rebalancing === 'ENABLED'}
            onChange={({ detail }) =>
              change({ rebalancing: detail.checked ? 'ENABLED' : 'DISABLED' })
            }
          >
            Rebalance tasks over Availability Zones
          </Checkbox>
        )}
      </PlacementSection>
      {!hasChanges && <Alert type="info">Nothing has been changed yet.</Alert>}
      <Box float="right">
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="link" onClick={() => void navigate(paths.service(cluster, name))}>
            Cancel
          </Button>
          <Button
            variant="primary"
            disabled={!hasChanges || hasProblems(problems)}
            onClick={() => setAsking(true)}
          >
            Review and update
          </Button>
        </SpaceBetween>
      </Box>
      {isAsking && (
        <UpdateDialog
          cluster={cluster}
          service={service}
          changes={changes}
          onDismiss={() => setAsking(false)}
        />
      )}
    </SpaceBetween>
  );
}
