/** Desired, running and pending tasks of a service, as a small bar and in words. */
import type { Service } from '@aws-sdk/client-ecs';
import { countsText } from './rollout';
import { serviceColours } from './serviceColours';
import './services.css';

export function CountsBar({ service }: { service: Service }) {
  const { desiredCount = 0, runningCount = 0, pendingCount = 0 } = service;
  const whole = Math.max(desiredCount, runningCount + pendingCount, 1);
  const share = (count: number) => ({ flexGrow: count / whole });
  const rest = Math.max(0, whole - runningCount - pendingCount);
  return (
    <div className="counts" style={serviceColours}>
      <div className="counts-bar" aria-hidden="true">
        <i className="running" style={share(runningCount)} />
        <i className="pending" style={share(pendingCount)} />
        <i style={share(rest)} />
      </div>
      <small>{countsText(service)}</small>
    </div>
  );
}
