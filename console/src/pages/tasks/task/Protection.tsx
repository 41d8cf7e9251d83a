/** Protection of a service's task: scaling in and deployments leave it alone until it expires. */
import type { Task } from '@aws-sdk/client-ecs';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useState } from 'react';
import { nameOf } from '../../../aws/arns';
import { FailureAlert } from '../../../widgets/FailureAlert';
import { StatusLabel } from '../../../widgets/StatusLabel';
import { When } from '../../../widgets/When';
import { useProtection } from '../queries';
import { ProtectionDialog } from './ProtectionDialog';

type Dialog = 'protect' | 'clear';

export function Protection({ cluster, task }: { cluster: string; task: Task }) {
  const id = nameOf(task.taskArn);
  const { data, error, isPending, refetch } = useProtection(cluster, id);
  const [dialog, setDialog] = useState<Dialog>();
  const isProtected = data?.protectionEnabled ?? false;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="A protected task is not stopped by scaling in or by a deployment. StopTask stops it all the same."
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {isProtected && <Button onClick={() => setDialog('clear')}>End protection</Button>}
              <Button onClick={() => setDialog('protect')}>
                {isProtected ? 'Extend' : 'Protect'}
              </Button>
            </SpaceBetween>
          }
        >
          Protection
        </Header>
      }
    >
      {isPending && <Spinner />}
      {error && !data && (
        <FailureAlert
          failure={error}
          title="The protection could not be loaded"
          onRetry={() => void refetch()}
        />
      )}
      {data === null && <div>ECS tells of no protection for this task.</div>}
      {data && (
        <KeyValuePairs
          columns={2}
          items={[
            {
              label: 'Scale-in protection',
              value: isProtected ? <StatusLabel status="ACTIVE">On</StatusLabel> : 'Off',
            },
            { label: 'Expires', value: <When at={data.expirationDate} /> },
          ]}
        />
      )}
      {dialog && (
        <ProtectionDialog
          cluster={cluster}
          id={id}
          isOn={dialog === 'protect'}
          onDone={() => void refetch()}
          onDismiss={() => setDialog(undefined)}
        />
      )}
    </Container>
  );
}
