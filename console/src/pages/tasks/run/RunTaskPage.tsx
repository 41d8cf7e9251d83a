/** Runs tasks by a form. What ECS would refuse is told beside the field. */
import type { RunTaskCommandOutput } from '@aws-sdk/client-ecs';
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { paths } from '../../../app/paths';
import * as ecs from '../../../aws/ecs';
import { CopyCommand } from '../../../widgets/CopyCommand';
import { ExistingCluster } from '../../../widgets/ExistingCluster';
import { FailureAlert } from '../../../widgets/FailureAlert';
import { useTaskDefinition } from '../../../widgets/forms/queries';
import { PageFrame } from '../../../widgets/PageFrame';
import { useSend } from '../../../widgets/useSend';
import { RunResult } from './RunResult';
import { RunSections } from './RunSections';
import { newRun, runProblems, runRequest } from './runForm';

export default function RunTaskPage() {
  const { cluster = '' } = useParams();
  const [search] = useSearchParams();
  const [form, setForm] = useState(() => newRun(search.get('taskDefinition') ?? ''));
  const [wasAsked, setAsked] = useState(false);
  const [answer, setAnswer] = useState<RunTaskCommandOutput>();
  const { send, isSending, failure } = useSend({ isQuiet: true });
  const navigate = useNavigate();
  const definition = useTaskDefinition(form.taskDefinition).data;
  const problems = runProblems(form, definition);
  const wrong = Object.values(problems).filter((one) => one !== undefined);
  const call = ecs.runTask(runRequest(cluster, form, definition));
  const run = async () => {
    setAsked(true);
    if (wrong.length || isSending) return;
    setAnswer(undefined);
    setAnswer(await send(call));
  };
  return (
    <PageFrame
      title="Run task"
      above={[
        { text: 'Clusters', to: paths.clusters() },
        { text: cluster, to: paths.cluster(cluster) },
        { text: 'Tasks', to: paths.cluster(cluster, 'tasks') },
      ]}
    >
      <ExistingCluster cluster={cluster}>
        <Form
          errorText={wasAsked && wrong.length ? wrong.join(' ') : undefined}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <CopyCommand call={call} />
              <Button variant="link" onClick={() => void navigate(paths.cluster(cluster, 'tasks'))}>
                Back to tasks
              </Button>
              <Button variant="primary" loading={isSending} onClick={run}>
                Run task
              </Button>
            </SpaceBetween>
          }
        >
          <SpaceBetween size="l">
            <RunSections
              cluster={cluster}
              form={form}
              definition={definition}
              problems={
                wasAsked ? problems : { ...problems, taskDefinition: undefined, network: undefined }
              }
              change={(part) => setForm((before) => ({ ...before, ...part }))}
            />
            <Seen of={answer ?? failure}>
              {failure && <FailureAlert failure={failure} title="RunTask was refused" />}
              {answer && <RunResult answer={answer} taskDefinition={form.taskDefinition} />}
            </Seen>
          </SpaceBetween>
        </Form>
      </ExistingCluster>
    </PageFrame>
  );
}

/** What came of it is below a long form: it is brought into sight, and read out. */
function Seen({ of, children }: { of: unknown; children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (of) place.current?.scrollIntoView({ block: 'nearest' });
  }, [of]);
  return (
    <div ref={place} aria-live="polite">
      {children}
    </div>
  );
}
