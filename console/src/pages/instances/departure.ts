/** How far the departure of a container instance is: steps, each with what holds it up. Pure. */
import type { Progress } from '../../aws/roadstead';
import { counted } from '../../widgets/plan/planWords';
import { duration } from '../../widgets/When';
import type { DrainingTarget, Replaced, TaskInterface } from './departed';

export interface DepartureStep {
  readonly id: string;
  readonly state: 'success' | 'in-progress' | 'warning' | 'error';
  readonly title: string;
  readonly details: readonly string[];
  /** The service that it is about. */
  readonly service?: string;
}

export interface Departure {
  readonly steps: readonly DepartureStep[];
  readonly isDone: boolean;
}

export interface Observed {
  readonly status: string | undefined;
  /** Not all of the below is known yet, or it is older than the status. */
  readonly isIncomplete: boolean;
  /** Of DRAINED; not asked for an INACTIVE instance. */
  readonly drained: Progress | undefined;
  readonly orphans: number;
  readonly standaloneOrphans: number;
  readonly replaced: readonly Replaced[];
  readonly services: readonly Progress[];
  readonly draining: readonly DrainingTarget[];
  /** Services of those who left have target groups. */
  readonly hadTargets: boolean;
  /** Of the orphans, as far as they are there still. */
  readonly interfacesLeft: readonly TaskInterface[];
  readonly interfaces: number;
}

export function departureOf(observed: Observed): Departure {
  const isGone = observed.status === 'INACTIVE';
  if (observed.isIncomplete) return { steps: [LOOKING], isDone: false };
  const steps = [
    isGone ? deregistered(observed) : drained(observed),
    ...observed.replaced.map((one) => replaced(one, observed.services, isGone)),
    ...targets(observed),
    ...interfaces(observed),
  ];
  const isDone = isGone
    ? steps.every(({ state }) => state === 'success')
    : observed.drained?.isDone === true && observed.draining.length === 0;
  return { steps, isDone };
}

const LOOKING: DepartureStep = {
  id: 'looking',
  state: 'in-progress',
  title: 'Looking for its tasks and targets …',
  details: [],
};

function deregistered({ orphans, standaloneOrphans }: Observed): DepartureStep {
  const details = orphans
    ? [`${counted(orphans, 'task')} became orphans: ECS knows nothing of them any more.`]
    : ['No task ran on it.'];
  if (standaloneOrphans) {
    details.push(
      `${counted(standaloneOrphans, 'of them belongs', 'of them belong')} to no service: nobody starts a copy.`,
    );
  }
  return { id: 'deregistered', state: 'success', title: 'Deregistered: it gets no tasks', details };
}

function drained({ drained: progress }: Observed): DepartureStep {
  if (!progress) {
    return { id: 'drained', state: 'in-progress', title: 'Draining', details: [] };
  }
  const isStuck = progress.isImpossible === true;
  return {
    id: 'drained',
    state: progress.isDone ? 'success' : isStuck ? 'error' : 'in-progress',
    title: progress.isDone
      ? 'Drained: no task is left on it'
      : `Draining: ${counted(progress.left ?? 0, 'task')} left on it`,
    details: (progress.reasons ?? []).map(sentence),
  };
}

function replaced(one: Replaced, services: readonly Progress[], isGone: boolean): DepartureStep {
  const progress = services.find(({ name }) => name === one.service);
  const running = one.replacements.filter(({ lastStatus }) => lastStatus === 'RUNNING').length;
  const started = one.replacements.length;
  const words = started
    ? `${counted(started, 'copy', 'copies')} started elsewhere, ${running} RUNNING`
    : 'no copy started elsewhere yet';
  const isSteady = progress?.isDone === true;
  return {
    id: `service ${one.service}`,
    service: one.service,
    state: isSteady ? 'success' : progress?.isImpossible ? 'error' : 'in-progress',
    title: `Service ${one.service}: ${isSteady ? 'steady' : 'not steady yet'}${
      progress?.state ? ` (${progress.state})` : ''
    }`,
    details: [
      ...(started || (isGone && !isSteady) ? [`${sentence(words)}`] : []),
      ...(progress?.reasons ?? []).filter(isNews).map(sentence),
    ],
  };
}

/** That tasks became orphans is told above. */
function isNews(reason: string): boolean {
  return !/deregistration forced by user/i.test(reason);
}

function targets({ draining, hadTargets }: Observed): DepartureStep[] {
  if (!draining.length) {
    return hadTargets
      ? [{ id: 'targets', state: 'success', title: 'No target of it drains any more', details: [] }]
      : [];
  }
  return [
    {
      id: 'targets',
      state: 'in-progress',
      title: `${counted(draining.length, 'target drains', 'targets drain')}: requests under way are answered`,
      details: draining.map(
        ({ groupName, id, port, secondsLeft }) =>
          `Target group ${groupName}: ${id}:${port ?? '–'}, ${
            secondsLeft === undefined
              ? 'time left not known'
              : `at most ${wholly(secondsLeft)} left`
          }.`,
      ),
    },
  ];
}

function interfaces({ interfacesLeft, interfaces: all }: Observed): DepartureStep[] {
  if (!all) return [];
  const left = interfacesLeft.length;
  return [
    {
      id: 'interfaces',
      state: left ? 'in-progress' : 'success',
      title: left
        ? `${counted(left, 'network interface')} of orphans still there`
        : `${counted(all, 'network interface')} of orphans deleted: they have no network any more`,
      details: interfacesLeft.map(
        ({ id, address }) =>
          `${id}${address ? ` (${address})` : ''}: deleted once its target has drained.`,
      ),
    },
  ];
}

function wholly(seconds: number): string {
  return duration(Math.ceil(seconds));
}

function sentence(text: string): string {
  const said = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(said) ? said : `${said}.`;
}
