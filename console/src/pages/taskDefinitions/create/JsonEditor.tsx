/** The document as JSON: says where it is wrong, and what ECS would refuse. */
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import type { Json } from '../document';
import type { Problem } from './checks/problems';
import { parseJson } from './jsonSyntax';
import { isDescription, withoutReadOnly } from './pasted';

interface Props {
  text: string;
  problems: readonly Problem[];
  onText: (text: string) => void;
}

export function JsonEditor({ text, problems, onText }: Props) {
  const parsed = parseJson(text);
  const wrong = 'problem' in parsed ? parsed.problem : undefined;
  const rewrite = (value: Json) => onText(JSON.stringify(value, null, 2));
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="What RegisterTaskDefinition takes, as for aws ecs register-task-definition --cli-input-json."
          actions={
            <Button
              disabled={wrong !== undefined}
              onClick={() => 'value' in parsed && rewrite(parsed.value)}
            >
              Format
            </Button>
          }
        >
          JSON
        </Header>
      }
    >
      <SpaceBetween size="m">
        {'value' in parsed && isDescription(parsed.value) && (
          <Alert
            type="info"
            header="This is a description of a revision"
            action={
              <Button onClick={() => rewrite(withoutReadOnly(parsed.value))}>
                Keep what can be registered
              </Button>
            }
          >
            It has members that ECS says of a revision and does not take.
          </Alert>
        )}
        <FormField
          label="Task definition"
          stretch
          errorText={wrong && `Line ${wrong.line}, column ${wrong.column}: ${wrong.message}.`}
        >
          <Textarea
            className="json"
            value={text}
            rows={Math.min(40, Math.max(16, text.split('\n').length + 1))}
            spellcheck={false}
            disableBrowserAutocorrect
            onChange={({ detail }) => onText(detail.value)}
          />
        </FormField>
        <ProblemList problems={wrong ? [] : problems} />
      </SpaceBetween>
    </Container>
  );
}

export function ProblemList({ problems }: { problems: readonly Problem[] }) {
  if (!problems.length) return null;
  return (
    <Alert type="warning" header="ECS would refuse this">
      <ul>
        {problems.map(({ path, message }) => (
          <li key={`${path} ${message}`}>
            {path && <b>{inBrackets(path)}: </b>}
            {message}
          </li>
        ))}
      </ul>
    </Alert>
  );
}

/** `containerDefinitions[0].name`. */
function inBrackets(path: string): string {
  return path.replace(/\.(\d+)/g, '[$1]');
}
