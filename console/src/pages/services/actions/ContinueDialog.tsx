/** The word that a deployment waits for at a PAUSE hook: go on, or back. */
import type { DeploymentLifecycleHookDetail } from '@aws-sdk/client-ecs';
import * as ecs from '../../../aws/ecs';
import { ConfirmDialog } from '../../../widgets/ConfirmDialog';
import { When } from '../../../widgets/When';

interface Props {
  deployment: string;
  hook: DeploymentLifecycleHookDetail;
  action: 'CONTINUE' | 'ROLLBACK';
  onDismiss: () => void;
}

export function ContinueDialog({ deployment, hook, action, onDismiss }: Props) {
  const isGoing = action === 'CONTINUE';
  return (
    <ConfirmDialog
      title={isGoing ? 'Continue deployment' : 'Roll back deployment'}
      call={ecs.continueServiceDeployment({
        serviceDeploymentArn: deployment,
        hookId: hook.hookId ?? '',
        action,
      })}
      confirm={isGoing ? 'Continue' : 'Roll back'}
      done={isGoing ? 'The deployment goes on.' : 'The deployment rolls back.'}
      onDismiss={onDismiss}
    >
      <div>
        {isGoing
          ? 'The deployment goes on with its next stage. When no other hook waits, traffic may shift at once.'
          : 'The new revision is given up: traffic goes back to the former one, and the tasks of the new one are stopped.'}
      </div>
      {hook.expiresAt && (
        <small>
          Without a word the answer is {hook.timeoutAction ?? 'ROLLBACK'}{' '}
          <When at={hook.expiresAt} />.
        </small>
      )}
    </ConfirmDialog>
  );
}
