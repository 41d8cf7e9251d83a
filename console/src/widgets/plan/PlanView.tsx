/** What a change would do, before it is done: in words, in a table, and over time. */
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import type { PlanChangeResponse, PlannedRequest } from '../../aws/roadstead';
import { FailureAlert } from '../FailureAlert';
import { Told } from '../Told';
import { COLOURS } from './colours';
import { PlacementTable } from './PlacementTable';
import { PlanMovements } from './PlanMovements';
import { PlanServices } from './PlanServices';
import { PlanTimeline } from './PlanTimeline';
import {
  assumedText,
  fateText,
  instanceText,
  machineOf,
  shortageText,
  verdictOf,
} from './planWords';
import { timelineOf } from './timeline';
import './plan.css';
import { type PlannedOperation, usePlan } from './usePlan';

interface Props {
  operation: PlannedOperation;
  request: PlannedRequest;
}

export function PlanView({ operation, request }: Props) {
  const { plan, isPending, failure, retry } = usePlan(operation, request);
  return (
    <section aria-label="What would happen" aria-live="polite" aria-busy={isPending}>
      {plan ? (
        <Plan plan={plan} />
      ) : failure ? (
        <FailureAlert failure={failure} title="No plan could be made" onRetry={retry} />
      ) : (
        <Box color="text-body-secondary">
          <Spinner /> Working out what would happen …
        </Box>
      )}
    </section>
  );
}

/** A plan that is there already. */
export function Plan({ plan }: { plan: PlanChangeResponse }) {
  const verdict = verdictOf(plan);
  if (plan.refusal || plan.outcome === 'REFUSED') return <Refused plan={plan} />;
  const services = plan.services ?? [];
  const timeline = timelineOf(plan);
  const withoutPlace = services.filter(({ noPlace }) => noPlace);
  return (
    <div style={COLOURS}>
      <SpaceBetween size="m">
        <Alert type={verdict.tone} header={verdict.title}>
          {[plan.outcomeReason, shortageText(plan)].filter(Boolean).join(' ')}
        </Alert>
        {services.length > 0 && <PlanServices services={services} />}
        <PlanMovements services={services} />
        {withoutPlace.map(({ serviceName, noPlace }) => (
          <PlacementTable key={serviceName} title={serviceName ?? ''} placement={noPlace ?? {}} />
        ))}
        {timeline && <PlanTimeline timeline={timeline} plan={plan} />}
        <Others plan={plan} />
        <Notes plan={plan} />
        {plan.assumptions && (
          <Box variant="small" color="text-body-secondary">
            {assumedText(plan.assumptions)}
          </Box>
        )}
      </SpaceBetween>
    </div>
  );
}

function Refused({ plan }: { plan: PlanChangeResponse }) {
  const { refusal } = plan;
  return (
    <Alert type="error" header={verdictOf(plan).title}>
      <SpaceBetween size="xs">
        <div>{refusal?.message ?? plan.outcomeReason}</div>
        {refusal?.hint && (
          <div>
            → <Told>{refusal.hint}</Told>
          </div>
        )}
        <Box variant="small" color="inherit">
          {refusal?.code ? `${refusal.code} · ` : ''}nothing would be changed
        </Box>
      </SpaceBetween>
    </Alert>
  );
}

/** Standalone tasks, which nobody moves, and what becomes of the instances. */
function Others({ plan }: { plan: PlanChangeResponse }) {
  const tasks = plan.standaloneTasks ?? [];
  const instances = plan.containerInstances ?? [];
  if (!tasks.length && !instances.length) return null;
  return (
    <ul className="plan-lines">
      {instances.map((each) => (
        <li key={each.containerInstanceArn}>
          <b>{machineOf(each)}</b>: {instanceText(each)}
        </li>
      ))}
      {tasks.map((each) => (
        <li key={each.taskArn ?? `${each.group} ${each.containerInstanceArn}`}>
          Standalone task <b>{each.taskArn?.split('/').at(-1) ?? each.group}</b>
          {each.taskArn && each.group ? ` (${each.group})` : ''}
          {machineOf(each) && ` on ${machineOf(each)}`}: {fateText(each)}
        </li>
      ))}
    </ul>
  );
}

/** What people overlook: the machine that is not terminated, targets that drain. */
function Notes({ plan }: { plan: PlanChangeResponse }) {
  const notes = plan.notes ?? [];
  if (!notes.length) return null;
  return (
    <Alert type="info" header="Keep in mind">
      <ul className="plan-lines">
        {notes.map(({ code, message }) => (
          <li key={`${code} ${message}`}>{message ?? code}</li>
        ))}
      </ul>
    </Alert>
  );
}
