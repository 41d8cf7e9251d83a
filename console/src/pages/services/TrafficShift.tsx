/** How production and test traffic are shared between the former and the new revision. */
import type { ServiceDeployment, ServiceRevision } from '@aws-sdk/client-ecs';
import { revisionName } from './queries';
import { serviceColours } from './serviceColours';
import { shiftOf } from './serviceDeployments';

interface Props {
  deployment: ServiceDeployment;
  revisions: ReadonlyMap<string, ServiceRevision>;
}

export function TrafficShift({ deployment, revisions }: Props) {
  const { production, test } = shiftOf(deployment);
  const [source] = deployment.sourceServiceRevisions ?? [];
  const from = source?.arn ? revisionName(source.arn, revisions) : '';
  const to = revisionName(deployment.targetServiceRevision?.arn, revisions);
  return (
    <div style={serviceColours}>
      {production !== undefined && (
        <Shared what="Production traffic" percent={production} from={from} to={to} />
      )}
      {test !== undefined && test > 0 && (
        <Shared what="Test traffic" percent={test} from={from} to={to} />
      )}
    </div>
  );
}

interface SharedProps {
  what: string;
  percent: number;
  from: string;
  to: string;
}

function Shared({ what, percent, from, to }: SharedProps) {
  const rest = Number((100 - percent).toFixed(1));
  return (
    <div>
      <b>{what}</b>: {percent} % to {to}
      {from && `, ${rest} % to ${from}`}
      <div className="shift-bar" aria-hidden="true">
        <i className="target" style={{ flexGrow: percent / 100 }} />
        <i className={from && 'source'} style={{ flexGrow: rest / 100 }} />
      </div>
    </div>
  );
}
