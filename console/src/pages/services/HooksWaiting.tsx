/** Hooks at which the deployment waits for a word, with the two that there are. */
import type { DeploymentLifecycleHookDetail, ServiceDeployment } from '@aws-sdk/client-ecs';
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { When } from '../../widgets/When';
import { ContinueDialog } from './actions/ContinueDialog';
import { hooksWaiting } from './serviceDeployments';

interface Asked {
  hook: DeploymentLifecycleHookDetail;
  action: 'CONTINUE' | 'ROLLBACK';
}

export function HooksWaiting({ deployment }: { deployment: ServiceDeployment }) {
  const [asked, setAsked] = useState<Asked>();
  const { serviceDeploymentArn = '', lifecycleStage } = deployment;
  return (
    <>
      {hooksWaiting(deployment).map((hook) => (
        <Alert
          key={hook.hookId}
          type="warning"
          header={`It waits for a word${lifecycleStage ? ` at ${lifecycleStage}` : ''}`}
          action={
            <SpaceBetween direction="horizontal" size="xs">
              <Button onClick={() => setAsked({ hook, action: 'ROLLBACK' })}>Roll back</Button>
              <Button variant="primary" onClick={() => setAsked({ hook, action: 'CONTINUE' })}>
                Continue
              </Button>
            </SpaceBetween>
          }
        >
          Hook {hook.hookId}. Without a word it is {hook.timeoutAction ?? 'ROLLBACK'}{' '}
          {hook.expiresAt ? <When at={hook.expiresAt} /> : 'in the end'}.
        </Alert>
      ))}
      {asked && (
        <ContinueDialog
          deployment={serviceDeploymentArn}
          hook={asked.hook}
          action={asked.action}
          onDismiss={() => setAsked(undefined)}
        />
      )}
    </>
  );
}
