/** Sign-in: by an access key, or by the one-time link. */
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { failureOf } from '../aws/failures';
import { tryKeys } from '../aws/roadstead';
import { signInWith } from '../session/oneTimeLink';
import { type Session, signIn } from '../session/session';

const UNREACHABLE = 'The control plane does not answer. Start it with `roadstead up`.';

export function SignInPage({ token }: { token: string | undefined }) {
  const [accessKeyId, setAccessKeyId] = useState('');
  const [secretAccessKey, setSecretAccessKey] = useState('');
  const [problem, setProblem] = useState<string>();
  const [isAsking, setAsking] = useState(token !== undefined);
  const tried = useRef(false);

  useEffect(() => {
    document.title = 'Sign in · Roadstead';
    if (token === undefined || tried.current) return;
    tried.current = true;
    signInWith(token)
      .then(setProblem, () => setProblem(UNREACHABLE))
      .finally(() => setAsking(false));
  }, [token]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setAsking(true);
    setProblem(
      await refusalOf({ accessKeyId: accessKeyId.trim(), secretAccessKey: secretAccessKey.trim() }),
    );
    setAsking(false);
  };

  return (
    <main className="sign-in">
      <form onSubmit={submit}>
        <Form
          header={<Header variant="h1">Sign in to Roadstead</Header>}
          actions={
            <Button
              variant="primary"
              formAction="submit"
              loading={isAsking}
              disabled={!accessKeyId || !secretAccessKey}
            >
              Sign in
            </Button>
          }
        >
          <Container>
            <SpaceBetween size="l">
              {problem && <Alert type="error">{problem}</Alert>}
              <FormField label="Access key ID">
                <Input
                  value={accessKeyId}
                  onChange={({ detail }) => setAccessKeyId(detail.value)}
                  autoComplete={false}
                  spellcheck={false}
                  autoFocus
                />
              </FormField>
              <FormField
                label="Secret access key"
                description="Kept for this tab only, and gone when it is closed."
              >
                <Input
                  type="password"
                  value={secretAccessKey}
                  onChange={({ detail }) => setSecretAccessKey(detail.value)}
                  autoComplete={false}
                />
              </FormField>
              <Box variant="small">
                <b>roadstead console</b> prints a link that signs in without typing; it is good
                once. <b>roadstead env</b> prints the keys.
              </Box>
            </SpaceBetween>
          </Container>
        </Form>
      </form>
    </main>
  );
}

/** Signs in if the server takes the keys; otherwise what it says. */
async function refusalOf(keys: Session): Promise<string | undefined> {
  try {
    await tryKeys(keys);
    signIn(keys);
    return undefined;
  } catch (error) {
    const failure = failureOf(error);
    if (failure.code === 'Unreachable') return UNREACHABLE;
    const { message, code, requestId } = failure;
    return `${message} (${[code, requestId && `request id ${requestId}`].filter(Boolean).join(', ')})`;
  }
}
