/** The sections of the form that runs tasks. */
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { FormSection } from '../../../widgets/forms/FormSection';
import { NetworkSection, PlacementSection } from '../../../widgets/forms/LaunchSections';
import { NumberField } from '../../../widgets/forms/NumberField';
import { PlacementHint } from '../../../widgets/forms/PlacementHint';
import { TagsField } from '../../../widgets/forms/TagsField';
import { TaskDefinitionField } from '../../../widgets/forms/TaskDefinitionField';
import { OverrideFields } from './OverrideFields';
import { NO_OVERRIDE, placementQuestion, type RunForm, type RunProblems } from './runForm';

interface Props {
  cluster: string;
  form: RunForm;
  definition: TaskDefinition | undefined;
  problems: RunProblems;
  change: (part: Partial<RunForm>) => void;
}

export function RunSections(props: Props) {
  const { form, definition, problems, change } = props;
  return (
    <SpaceBetween size="l">
      <WhatRuns {...props} />
      <NetworkSection
        networkMode={definition?.networkMode}
        value={form.network}
        change={change}
        problem={problems.network}
      />
      <PlacementSection value={form.placement} change={change} problem={problems.placement} />
      <FormSection
        title="Container overrides – optional"
        description="For these tasks only; what is left empty is as the task definition has it."
      >
        {(definition?.containerDefinitions ?? []).map(({ name = '' }) => (
          <OverrideFields
            key={name}
            name={name}
            value={form.overrides[name] ?? NO_OVERRIDE}
            onChange={(one) => change({ overrides: { ...form.overrides, [name]: one } })}
          />
        ))}
        {!definition && <div>Choose a task definition first.</div>}
        {problems.overrides && <FormField errorText={problems.overrides} />}
      </FormSection>
      <FormSection title="Tags – optional">
        <TagsField value={form.tags} onChange={(tags) => change({ tags })} />
      </FormSection>
    </SpaceBetween>
  );
}

function WhatRuns({ cluster, form, definition, problems, change }: Props) {
  return (
    <FormSection title="Task">
      <TaskDefinitionField
        value={form.taskDefinition}
        onChange={(taskDefinition) => change({ taskDefinition })}
        problem={problems.taskDefinition}
      />
      <NumberField
        label="Number of tasks"
        description="1 to 10."
        value={form.count}
        onChange={(count) => change({ count })}
        problem={problems.count}
      />
      <FormField
        label="Task group – optional"
        description="Tasks of one group are spread and kept apart together. By itself family:NAME."
        errorText={problems.group}
      >
        <Input value={form.group} onChange={({ detail }) => change({ group: detail.value })} />
      </FormField>
      <FormField
        label="Started by – optional"
        description="A word of your own by which ListTasks finds the tasks."
        errorText={problems.startedBy}
      >
        <Input
          value={form.startedBy}
          onChange={({ detail }) => change({ startedBy: detail.value })}
        />
      </FormField>
      <PlacementHint
        question={placementQuestion(cluster, form, definition?.networkMode)}
        definition={definition}
        problem={problems.placement}
      />
    </FormSection>
  );
}
