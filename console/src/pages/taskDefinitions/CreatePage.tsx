/** Registers a revision: of a new family, or the next one of a family that is there. */
import type { RegisterTaskDefinitionCommandInput } from '@aws-sdk/client-ecs';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useNavigate, useSearchParams } from 'react-router';
import { paths } from '../../app/paths';
import * as ecs from '../../aws/ecs';
import { CopyCommand } from '../../widgets/CopyCommand';
import { FailureAlert } from '../../widgets/FailureAlert';
import { PageFrame } from '../../widgets/PageFrame';
import { useSend } from '../../widgets/useSend';
import { CreateForm } from './create/CreateForm';
import { DraftProvider } from './create/DraftContext';
import { EMPTY } from './create/draft';
import { JsonEditor, ProblemList } from './create/JsonEditor';
import { type Mode, useEditor } from './create/useEditor';
import { type JsonObject, registrable } from './document';
import { LinkButton } from './LinkButton';
import { useRevision } from './queries';
import './taskDefinitions.css';

export default function CreatePage() {
  const [search] = useSearchParams();
  const from = search.get('from') ?? '';
  const { data, error, refetch } = useRevision(from, { enabled: from !== '' });
  const [family = ''] = from.split(':');
  return (
    <PageFrame
      title={from ? `Create new revision of ${family}` : 'Create new task definition'}
      description={from && `What ${from} says is filled in.`}
      above={[
        { text: 'Task definitions', to: paths.families() },
        ...(family ? [{ text: family, to: paths.family(family) }] : []),
      ]}
    >
      {error && (
        <FailureAlert
          failure={error}
          title={`${from} cannot be read`}
          onRetry={() => void refetch()}
        />
      )}
      {from !== '' && !data && !error && <Spinner size="large" />}
      {(!from || data) && (
        <Editor
          key={from}
          initial={data ? registrable(data.definition, data.tags) : EMPTY}
          family={family}
        />
      )}
    </PageFrame>
  );
}

function Editor({ initial, family }: { initial: JsonObject; family: string }) {
  const editor = useEditor(initial);
  const { draft, mode, noForm } = editor;
  const { send, isSending, failure } = useSend({ isQuiet: true });
  const navigate = useNavigate();
  const call = ecs.registerTaskDefinition(
    draft.document as unknown as RegisterTaskDefinitionCommandInput,
  );
  const register = async () => {
    editor.beStrict();
    if (draft.problems.length || editor.isWrittenWrong) return;
    const answer = await send(call, `A revision of ${String(draft.document.family)} is registered`);
    const made = answer?.taskDefinition;
    if (made?.family) void navigate(paths.revision(made.family, made.revision ?? 0));
  };
  return (
    <SpaceBetween size="l">
      <SegmentedControl
        label="How it is written"
        selectedId={mode}
        options={[
          {
            id: 'form',
            text: 'Form',
            disabled: mode === 'json' && noForm !== undefined,
            disabledReason: noForm,
          },
          { id: 'json', text: 'JSON' },
        ]}
        onChange={({ detail }) => editor.setMode(detail.selectedId as Mode)}
      />
      {mode === 'form' ? (
        <DraftProvider value={draft}>
          <CreateForm />
        </DraftProvider>
      ) : (
        <JsonEditor text={editor.text} problems={draft.problems} onText={editor.setText} />
      )}
      {mode === 'form' && draft.isStrict && <ProblemList problems={draft.problems} />}
      {failure && <FailureAlert failure={failure} title="ECS refused it" />}
      <Box float="right">
        <SpaceBetween direction="horizontal" size="xs">
          {!editor.isWrittenWrong && <CopyCommand call={call} />}
          <LinkButton to={family ? paths.family(family) : paths.families()} variant="link">
            Cancel
          </LinkButton>
          <Button
            variant="primary"
            loading={isSending}
            disabled={editor.isWrittenWrong}
            disabledReason="The JSON has a mistake."
            onClick={() => void register()}
          >
            Create
          </Button>
        </SpaceBetween>
      </Box>
    </SpaceBetween>
  );
}
