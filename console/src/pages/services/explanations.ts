/** How an explanation of a service is put: its heading, and whether room is what it lacks. */
import type { AlertProps } from '@cloudscape-design/components/alert';
import type { ExplainedService } from '../../aws/roadstead';

export interface Heading {
  readonly type: AlertProps.Type;
  readonly text: string;
}

const HEADINGS: Record<string, (name: string) => Heading> = {
  SETTLED: (name) => ({ type: 'success', text: `${name} is steady` }),
  BLOCKED: (name) => ({ type: 'error', text: `${name} is blocked by its percentages` }),
  WAITS_FOR_ROOM: (name) => ({ type: 'warning', text: `${name} waits for room` }),
  WAITS: (name) => ({ type: 'info', text: `${name} waits` }),
};

export function headingOf(explained: ExplainedService): Heading {
  const { serviceName = '', status, outcome = '', isSteady, deployments = [] } = explained;
  if (status === 'INACTIVE') return { type: 'info', text: `${serviceName} is deleted` };
  if (status === 'DRAINING') return { type: 'info', text: `${serviceName} is being deleted` };
  if (
    deployments.some(
      ({ status, rolloutState }) => status === 'PRIMARY' && rolloutState === 'FAILED',
    )
  )
    return { type: 'error', text: `The deployment of ${serviceName} failed` };
  const known = HEADINGS[outcome];
  if (isSteady) return HEADINGS.SETTLED?.(serviceName) ?? { type: 'success', text: 'steady' };
  if (known && outcome !== 'SETTLED') return known(serviceName);
  const failed = deployments.some(({ failedTasks = 0 }) => failedTasks > 0);
  return failed
    ? { type: 'warning', text: `${serviceName} is not steady: tasks fail` }
    : { type: 'info', text: `${serviceName} is not steady yet` };
}

/** Placement's table is worth reading when no instance can take the next task. */
export function tellsOfRoom({ placement, outcome }: ExplainedService): boolean {
  if (!placement) return false;
  return outcome === 'WAITS_FOR_ROOM' || placement.able === 0;
}
