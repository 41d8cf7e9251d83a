/** The sections of the form of a new service. */
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tiles from '@cloudscape-design/components/tiles';
import { FormSection } from '../../../widgets/forms/FormSection';
import { NetworkSection, PlacementSection } from '../../../widgets/forms/LaunchSections';
import { NumberField } from '../../../widgets/forms/NumberField';
import { PlacementHint } from '../../../widgets/forms/PlacementHint';
import { TagsField } from '../../../widgets/forms/TagsField';
import { TaskDefinitionField } from '../../../widgets/forms/TaskDefinitionField';
import { BalancerFields } from './BalancerFields';
import { portChoices } from './balancerForm';
import { type CreateForm, type createProblems, isStaged, placementQuestion } from './createForm';
import { DeploymentFields } from './DeploymentFields';
import { DAEMON_DEPLOYMENT, FIRST_DEPLOYMENT } from './deploymentForm';

interface Props {
  cluster: string;
  form: CreateForm;
  definition: TaskDefinition | undefined;
  problems: ReturnType<typeof createProblems>;
  change: (part: Partial<CreateForm>) => void;
}

export function CreateServiceSections(props: Props) {
  const { form, definition, problems, change } = props;
  const isDaemon = form.scheduling === 'DAEMON';
  return (
    <SpaceBetween size="l">
      <WhatRuns {...props} />
      <FormSection title="Deployment">
        <DeploymentFields
          value={form.deployment}
          onChange={(deployment) => change({ deployment })}
          problems={problems.deployment}
          isDaemon={isDaemon}
        />
      </FormSection>
      <NetworkSection
        networkMode={definition?.networkMode}
        value={form.network}
        change={change}
        problem={problems.network}
      />
      <FormSection
        title="Load balancing – optional"
        description="Existing target groups that a listener leads to. A load balancer is created with ELBv2."
      >
        <BalancerFields
          value={form.balancers}
          onChange={(balancers) => change({ balancers })}
          definition={definition}
          isStaged={isStaged(form)}
          problem={problems.balancers}
        />
        <NumberField
          label="Health check grace period in seconds"
          description="For so long after a task runs, unhealthy is not held against it."
          value={form.grace}
          onChange={(grace) => change({ grace })}
          problem={problems.grace}
        />
      </FormSection>
      <Discovery {...props} />
      <PlacementSection
        value={form.placement}
        change={change}
        problem={problems.placement}
        isDaemon={isDaemon}
      />
      <Tags {...props} />
    </SpaceBetween>
  );
}

function WhatRuns({ cluster, form, definition, problems, change }: Props) {
  const isDaemon = form.scheduling === 'DAEMON';
  return (
    <FormSection title="Service">
      <TaskDefinitionField
        value={form.taskDefinition}
        onChange={(taskDefinition) => change({ taskDefinition })}
        problem={problems.taskDefinition}
      />
      <FormField
        label="Service name"
        description="Letters, digits, hyphens and underscores; unique in the cluster."
        errorText={problems.name}
      >
        <Input value={form.name} onChange={({ detail }) => change({ name: detail.value })} />
      </FormField>
      <FormField label="Scheduling strategy">
        <Tiles
          value={form.scheduling}
          items={[
            { value: 'REPLICA', label: 'REPLICA', description: 'As many tasks as are desired.' },
            {
              value: 'DAEMON',
              label: 'DAEMON',
              description: 'One task on each container instance that meets the constraints.',
            },
          ]}
          onChange={({ detail }) =>
            change(
              detail.value === 'DAEMON'
                ? { scheduling: 'DAEMON', deployment: DAEMON_DEPLOYMENT }
                : { scheduling: 'REPLICA', deployment: FIRST_DEPLOYMENT },
            )
          }
        />
      </FormField>
      {!isDaemon && (
        <NumberField
          label="Desired tasks"
          value={form.desired}
          onChange={(desired) => change({ desired })}
          problem={problems.desired}
        />
      )}
      <PlacementHint
        question={placementQuestion(cluster, form, definition?.networkMode)}
        definition={definition}
        problem={problems.placement}
      />
    </FormSection>
  );
}

function Discovery({ form, definition, problems, change }: Props) {
  const none = { value: '', label: 'None: address records only' };
  const ports = [none, ...portChoices(definition)];
  return (
    <FormSection
      title="Service discovery – optional"
      description="A Cloud Map service, in which tasks are registered under a name."
    >
      <FormField label="Registry ARN" errorText={problems.registry}>
        <Input
          value={form.registryArn}
          onChange={({ detail }) => change({ registryArn: detail.value })}
          placeholder="arn:aws:servicediscovery:us-east-1:123456789012:service/srv-…"
        />
      </FormField>
      {form.registryArn && (
        <FormField label="Container and port" description="For SRV records, which name a port.">
          <Select
            selectedOption={ports.find(({ value }) => value === form.registryPort) ?? none}
            options={ports}
            onChange={({ detail }) => change({ registryPort: detail.selectedOption.value ?? '' })}
          />
        </FormField>
      )}
    </FormSection>
  );
}

const PROPAGATE = [
  { value: 'NONE', label: 'Tasks get no tags' },
  { value: 'TASK_DEFINITION', label: "Tasks get the task definition's tags" },
  { value: 'SERVICE', label: "Tasks get the service's tags" },
];

function Tags({ form, change }: Props) {
  return (
    <FormSection title="Tags – optional">
      <TagsField value={form.tags} onChange={(tags) => change({ tags })} />
      <FormField label="Propagate tags">
        <Select
          selectedOption={PROPAGATE.find(({ value }) => value === form.propagate) ?? null}
          options={PROPAGATE}
          onChange={({ detail }) =>
            change({ propagate: detail.selectedOption.value as CreateForm['propagate'] })
          }
        />
      </FormField>
    </FormSection>
  );
}
