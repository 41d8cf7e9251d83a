/** A deployment that is under way: status and reason, stages, traffic, hooks that wait. */
import type { ServiceDeployment, ServiceRevision } from '@aws-sdk/client-ecs';
import Alert from '@cloudscape-design/components/alert';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { StatusLabel } from '../../widgets/StatusLabel';
import { When } from '../../widgets/When';
import { HooksWaiting } from './HooksWaiting';
import { revisionName } from './queries';
import { serviceColours } from './serviceColours';
import { breakerWords, stagesOf, strategyOf } from './serviceDeployments';
import { TrafficShift } from './TrafficShift';
import './services.css';

interface Props {
  deployment: ServiceDeployment;
  revisions: ReadonlyMap<string, ServiceRevision>;
}

export function CurrentDeployment({ deployment, revisions }: Props) {
  const { sourceServiceRevisions = [], targetServiceRevision, rollback, statusReason } = deployment;
  const name = (arn: string | undefined) => revisionName(arn, revisions);
  const target = name(targetServiceRevision?.arn);
  return (
    <SpaceBetween size="m">
      {rollback && (
        <Alert type="warning" header={`Rolls back to ${name(rollback.serviceRevisionArn)}`}>
          {rollback.reason}
        </Alert>
      )}
      <KeyValuePairs
        columns={4}
        items={[
          {
            label: 'Status',
            value: (
              <>
                <StatusLabel status={deployment.status} />
                {statusReason && <small>{statusReason}</small>}
              </>
            ),
          },
          {
            label: 'From',
            value:
              sourceServiceRevisions.map(({ arn }) => name(arn)).join(', ') || 'nothing before',
          },
          { label: 'To', value: target || '–' },
          { label: 'Strategy', value: strategyOf(deployment) },
          {
            label: 'Began',
            value: <When at={deployment.startedAt ?? deployment.createdAt} />,
          },
          { label: 'Circuit breaker', value: breakerWords(deployment) ?? 'off' },
          {
            label: 'New tasks',
            value: `${targetServiceRevision?.runningTaskCount ?? 0} of ${targetServiceRevision?.requestedTaskCount ?? 0} RUNNING`,
          },
        ]}
      />
      <Stages deployment={deployment} />
      <TrafficShift deployment={deployment} revisions={revisions} />
      <HooksWaiting deployment={deployment} />
    </SpaceBetween>
  );
}

function Stages({ deployment }: { deployment: ServiceDeployment }) {
  const stages = stagesOf(deployment);
  if (!stages.length) return null;
  return (
    <ol className="stages" style={serviceColours} aria-label="Lifecycle stages">
      {stages.map(({ name, state }) => (
        <li
          key={name}
          className={state === 'to come' ? undefined : state}
          aria-current={state === 'now' ? 'step' : undefined}
        >
          {state === 'done' && '✓ '}
          {name}
        </li>
      ))}
    </ol>
  );
}
