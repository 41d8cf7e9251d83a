/** What holds a service up, what comes next, and what would help. */
import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ExplainedService } from '../../aws/roadstead';
import { PlacementTable } from '../../widgets/plan/PlacementTable';
import { Told } from '../../widgets/Told';
import { When } from '../../widgets/When';
import { headingOf, tellsOfRoom } from './explanations';

export function WhyNotSteady({ explained }: { explained: ExplainedService }) {
  const { outcomeReason, holdUps = [], next = [], nextLookAt, placement } = explained;
  const heading = headingOf(explained);
  const isQuiet = explained.isSteady && !holdUps.length;
  return (
    <SpaceBetween size="m">
      <Alert type={heading.type} header={heading.text}>
        <SpaceBetween size="xs">
          {!isQuiet && outcomeReason && <div>{outcomeReason}</div>}
          <Lines title="It waits for" lines={holdUps} />
          {!isQuiet && <Lines title="What its scheduler does next" lines={next} />}
          {!isQuiet && nextLookAt !== undefined && (
            <small>
              It is looked at again <When at={nextLookAt} />, or as soon as something changes.
            </small>
          )}
        </SpaceBetween>
      </Alert>
      {placement && tellsOfRoom(explained) && (
        <PlacementTable title={explained.serviceName ?? ''} placement={placement} />
      )}
    </SpaceBetween>
  );
}

function Lines({ title, lines }: { title: string; lines: readonly string[] }) {
  if (!lines.length) return null;
  return (
    <div>
      <b>{title}</b>
      <ul className="plain-list">
        {lines.map((line) => (
          <li key={line}>
            <Told>{line}</Told>
          </li>
        ))}
      </ul>
    </div>
  );
}
