/** A deployment that did not end as it was meant to is told, also once the service is steady again. */
import type { Service, Task } from '@aws-sdk/client-ecs';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { isFailedTask } from '../../widgets/failedTask';
import { When } from '../../widgets/When';
import { deploymentState, primaryOf } from './deploymentState';
import { FailedTasks } from './FailedTasks';
import { type Deployments, revisionName } from './queries';
import { endedBadly } from './serviceDeployments';
import { tasksSince } from './stopped';

interface Props {
  service: Service;
  tasks: readonly Task[];
  asked: Deployments | undefined;
}

export function LastDeployment({ service, tasks, asked }: Props) {
  const newest = asked?.deployments[0];
  const {
    sourceServiceRevisions = [],
    targetServiceRevision,
    statusReason,
    rollback,
  } = newest ?? {};
  const name = (arn: string | undefined) => revisionName(arn, asked?.revisions ?? new Map());
  const from = sourceServiceRevisions.map(({ arn }) => name(arn)).join(', ');
  const isSteady = deploymentState(service).standing === 'steady';
  const since = newest?.createdAt ?? primaryOf(service)?.createdAt;
  const isBad = newest !== undefined && endedBadly(newest);
  if (!isBad && !tasksSince(tasks, since).some(isFailedTask)) return null;
  return (
    <Box margin={{ bottom: 'l' }}>
      <SpaceBetween size="s">
        {isBad && (
          <Alert
            type={isSteady ? 'warning' : 'error'}
            header={`The last deployment, ${from ? `from ${from} ` : ''}to ${name(targetServiceRevision?.arn)}, ended ${newest.status}`}
          >
            {statusReason ?? rollback?.reason} It began <When at={newest.createdAt} />.
          </Alert>
        )}
        <FailedTasks tasks={tasks} since={since} isOver={isSteady} />
      </SpaceBetween>
    </Box>
  );
}
