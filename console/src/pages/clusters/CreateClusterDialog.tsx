/** Makes a cluster: its name, whether it is to have Container Insights, tags. */
import type { Tag } from '@aws-sdk/client-ecs';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { paths } from '../../app/paths';
import * as ecs from '../../aws/ecs';
import { ActionDialog } from '../../widgets/ActionDialog';
import { TagsField } from '../../widgets/forms/TagsField';
import { tagsProblem } from '../../widgets/forms/tagProblems';
import { useSend } from '../../widgets/useSend';
import { clusterNameProblem } from './clusterNames';

const INSIGHTS = [
  { value: '', label: 'As the account setting says' },
  { value: 'enabled', label: 'enabled' },
  { value: 'enhanced', label: 'enhanced' },
  { value: 'disabled', label: 'disabled' },
];

interface Props {
  /** Names that are taken: creating one of them answers with the cluster as it is. */
  names: readonly string[];
  onDismiss: () => void;
}

export function CreateClusterDialog({ names, onDismiss }: Props) {
  const [name, setName] = useState('');
  const [insights, setInsights] = useState('');
  const [tags, setTags] = useState<readonly Tag[]>([]);
  const { send, isSending, failure } = useSend({ isQuiet: true });
  const navigate = useNavigate();
  const problem = clusterNameProblem(name, names);
  const call = ecs.createCluster({
    clusterName: name || undefined,
    settings: insights ? [{ name: 'containerInsights', value: insights }] : undefined,
    tags: tags.length ? [...tags] : undefined,
  });
  const isReady = name !== '' && !problem && !tagsProblem(tags);
  const create = async () => {
    if (!(await send(call, `Cluster ${name} was created.`))) return;
    onDismiss();
    void navigate(paths.cluster(name, 'overview'));
  };
  return (
    <ActionDialog
      title="Create cluster"
      call={call}
      confirm="Create"
      isReady={isReady}
      isSending={isSending}
      failure={failure}
      onConfirm={create}
      onDismiss={onDismiss}
    >
      <FormField
        label="Cluster name"
        errorText={name ? problem : undefined}
        constraintText="Up to 255 letters, digits, hyphens and underscores. It cannot be changed."
      >
        <Input
          value={name}
          onChange={({ detail }) => setName(detail.value)}
          onKeyDown={({ detail }) => detail.key === 'Enter' && isReady && void create()}
          placeholder="production"
          autoFocus
        />
      </FormField>
      <FormField
        label="Container Insights"
        description="Kept and told as ECS does; nothing collects metrics here."
      >
        <Select
          selectedOption={INSIGHTS.find(({ value }) => value === insights) ?? null}
          options={INSIGHTS}
          onChange={({ detail }) => setInsights(detail.selectedOption.value ?? '')}
        />
      </FormField>
      <FormField label="Tags" stretch>
        <TagsField value={tags} onChange={setTags} />
      </FormField>
    </ActionDialog>
  );
}
