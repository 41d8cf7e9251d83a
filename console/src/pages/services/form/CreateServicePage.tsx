/** Creates a service by a form. What ECS would refuse is told beside the field. */
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { paths } from '../../../app/paths';
import * as ecs from '../../../aws/ecs';
import { CopyCommand } from '../../../widgets/CopyCommand';
import { ExistingCluster } from '../../../widgets/ExistingCluster';
import { FailureAlert } from '../../../widgets/FailureAlert';
import { useTaskDefinition } from '../../../widgets/forms/queries';
import { PageFrame } from '../../../widgets/PageFrame';
import { useSend } from '../../../widgets/useSend';
import { CreateServiceSections } from './CreateServiceSections';
import { type CreateForm, createProblems, createRequest, newService } from './createForm';
import { hasProblems, problemTexts } from './updateForm';

export default function CreateServicePage() {
  const { cluster = '' } = useParams();
  const [search] = useSearchParams();
  const [form, setForm] = useState(() => newService(search.get('taskDefinition') ?? ''));
  const [wasAsked, setAsked] = useState(false);
  const { send, isSending, failure } = useSend({ isQuiet: true });
  const navigate = useNavigate();
  const definition = useTaskDefinition(form.taskDefinition).data;
  const problems = createProblems(form, definition);
  const call = ecs.createService(createRequest(cluster, form, definition?.networkMode));
  const create = async () => {
    setAsked(true);
    if (hasProblems(problems)) return;
    const answer = await send(call, `${form.name.trim()} is being created.`);
    const name = answer?.service?.serviceName;
    if (name) void navigate(paths.service(cluster, name, 'deployments'));
  };
  return (
    <PageFrame
      title="Create service"
      above={[
        { text: 'Clusters', to: paths.clusters() },
        { text: cluster, to: paths.cluster(cluster) },
        { text: 'Services', to: paths.cluster(cluster, 'services') },
      ]}
    >
      <ExistingCluster cluster={cluster}>
        <Form
          errorText={
            wasAsked && hasProblems(problems) ? problemTexts(problems).join(' ') : undefined
          }
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <CopyCommand call={call} />
              <Button
                variant="link"
                onClick={() => void navigate(paths.cluster(cluster, 'services'))}
              >
                Cancel
              </Button>
              <Button variant="primary" loading={isSending} onClick={create}>
                Create
              </Button>
            </SpaceBetween>
          }
        >
          <SpaceBetween size="l">
            <CreateServiceSections
              cluster={cluster}
              form={form}
              definition={definition}
              problems={wasAsked ? problems : written(form, problems)}
              change={(part) => setForm((before) => ({ ...before, ...part }))}
            />
            {failure && <FailureAlert failure={failure} title="CreateService was refused" />}
          </SpaceBetween>
        </Form>
      </ExistingCluster>
    </PageFrame>
  );
}

/** Before one has asked, nothing is said of what is not written yet. */
function written(form: CreateForm, problems: ReturnType<typeof createProblems>): typeof problems {
  return {
    ...problems,
    name: form.name ? problems.name : undefined,
    taskDefinition: undefined,
    network: undefined,
    balancers: undefined,
    placement: undefined,
  };
}
