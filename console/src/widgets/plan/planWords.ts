/** How a plan reads: sentences and rows, as `roadstead plan` words them. Nothing is drawn here. */
import { nameOf } from '../../aws/arns';
import type {
  Assumptions,
  Movement,
  PlanChangeResponse,
  PlannedInstance,
  PlannedService,
  StandaloneTask,
  Step,
} from '../../aws/roadstead';
import { duration } from '../When';

export type Tone = 'success' | 'warning' | 'error' | 'info';

export interface Verdict {
  readonly tone: Tone;
  readonly title: string;
}

const VERDICTS: Record<string, Verdict> = {
  REFUSED: { tone: 'error', title: 'Would be refused' },
  SETTLED: { tone: 'success', title: 'Goes through' },
  BLOCKED: { tone: 'warning', title: 'Stays blocked' },
  WAITS_FOR_ROOM: { tone: 'warning', title: 'Waits for room' },
  WAITS: { tone: 'warning', title: 'Waits' },
  IN_PROGRESS: { tone: 'warning', title: 'Does not come to rest' },
  CUT_OFF: { tone: 'warning', title: 'Not known to the end' },
};

/** How it ends, in few words: `Goes through, at rest after 55 s`. */
export function verdictOf(plan: PlanChangeResponse): Verdict {
  const outcome = plan.outcome ?? '';
  const verdict = VERDICTS[outcome] ?? { tone: 'info', title: outcome || 'No outcome is told' };
  if (outcome !== 'SETTLED') return verdict;
  const services = concernedBy(plan);
  const ends = services.flatMap(({ steadyAtSeconds }) => steadyAtSeconds ?? []);
  const below = services.some(({ belowMinimumSeconds = 0 }) => belowMinimumSeconds > 0);
  const title = ends.length
    ? `${verdict.title}, at rest ${after(Math.max(...ends))}`
    : verdict.title;
  return { tone: below ? 'warning' : verdict.tone, title };
}

/** The services by which a plan is judged; the others were not steady before, and move anyway. */
export function concernedBy(plan: PlanChangeResponse): readonly PlannedService[] {
  return (plan.services ?? []).filter(({ bystander }) => !bystander);
}

/** Which services are short of healthy tasks on the way; empty if none is. */
export function shortageText(plan: PlanChangeResponse): string {
  const short = concernedBy(plan).filter(({ belowMinimumSeconds = 0 }) => belowMinimumSeconds > 0);
  if (!short.length) return '';
  const names = few(short.map(({ serviceName }) => serviceName ?? '?'));
  const verb = short.length === 1 ? 'has' : 'have';
  return `On the way ${names} ${verb} fewer healthy tasks than the minimum.`;
}

/** `3`, or `3 → 5` where it changes. */
export function desiredText(service: PlannedService): string {
  const { desiredCountBefore, desiredCount } = service;
  return fromTo(desiredCountBefore, desiredCount);
}

/** `3 → 2 → 3`: before, lowest, after. */
export function healthyText({
  healthyBefore,
  healthyLowest,
  healthyAfter,
}: PlannedService): string {
  return [healthyBefore, healthyLowest, healthyAfter].map((count) => count ?? '?').join(' → ');
}

/** Whether and for how long fewer are healthy than the deployment configuration wants. */
export function belowMinimumText(service: PlannedService): string {
  const { minimumHealthy, belowMinimumSeconds, belowMinimumAtSeconds } = service;
  if (!minimumHealthy) return 'no minimum';
  if (!belowMinimumSeconds) return `never (minimum ${minimumHealthy})`;
  const from = belowMinimumAtSeconds === undefined ? '' : ` from ${moment(belowMinimumAtSeconds)}`;
  return `${duration(belowMinimumSeconds)}${from} (minimum ${minimumHealthy})`;
}

export function steadyText({ steadyAtSeconds, outcome }: PlannedService): string {
  if (steadyAtSeconds !== undefined) return after(steadyAtSeconds);
  if (outcome === 'SETTLED') return 'stays so';
  return `no: ${(VERDICTS[outcome ?? '']?.title ?? outcome ?? 'not told').toLowerCase()}`;
}

export interface Totals {
  readonly started: number;
  readonly stopped: number;
  readonly orphaned: number;
}

export function totalsOf(movements: readonly Movement[] = []): Totals {
  const total = (count: (movement: Movement) => number | undefined) =>
    movements.reduce((sum, movement) => sum + (count(movement) ?? 0), 0);
  return {
    started: total(({ started }) => started),
    stopped: total(({ stopped }) => stopped),
    orphaned: total(({ orphaned }) => orphaned),
  };
}

export interface Place {
  readonly machine: string;
  readonly arn: string | undefined;
  readonly started: number;
  readonly stopped: number;
  readonly orphaned: number;
}

export interface Places {
  /** Where tasks end or are given up, and where they start. An instance can be in both. */
  readonly leaves: readonly Place[];
  readonly comes: readonly Place[];
}

export function placesOf(movements: readonly Movement[] = []): Places {
  const places = movements.map((movement) => ({
    machine: machineOf(movement),
    arn: movement.containerInstanceArn,
    started: movement.started ?? 0,
    stopped: movement.stopped ?? 0,
    orphaned: movement.orphaned ?? 0,
  }));
  return {
    leaves: places.filter(({ stopped, orphaned }) => stopped + orphaned > 0),
    comes: places.filter(({ started }) => started > 0),
  };
}

/** `−1`, `−2 (orphaned)`, `−3 (1 orphaned)`. */
export function leavesText({ stopped, orphaned }: Totals): string {
  if (!orphaned) return `−${stopped}`;
  return stopped ? `−${stopped + orphaned} (${orphaned} orphaned)` : `−${orphaned} (orphaned)`;
}

const FATES: Record<string, string> = {
  RUNS_ON: 'runs on, untouched',
  STOPPED: 'is stopped, and nobody starts it again',
  ORPHANED: 'becomes an orphan: its containers run on, ECS forgets it, nobody starts it again',
  STARTED: 'is started',
};

export function fateText({ fate }: StandaloneTask): string {
  return FATES[fate ?? ''] ?? fate ?? 'not told';
}

/** `i-0a51: ACTIVE → INACTIVE, without tasks after 12 s`. */
export function instanceText(instance: PlannedInstance): string {
  const { emptyAtSeconds, tasksLeft } = instance;
  const left =
    emptyAtSeconds !== undefined
      ? `without tasks ${after(emptyAtSeconds)}`
      : `${counted(tasksLeft ?? 0, 'task')} left`;
  return `${fromTo(instance.statusBefore, instance.status)}, ${left}`;
}

const KINDS: Record<string, string> = {
  STARTED: 'start',
  STOPPED: 'stop',
  ORPHANED: 'give up as orphans:',
};

/** `start 2 tasks of web:3 on i-1, i-2`. */
export function stepText({ kind, taskCount, taskDefinition, machines }: Step): string {
  const verb = KINDS[kind ?? ''] ?? kind ?? '?';
  const of = taskDefinition ? ` of ${nameOf(taskDefinition)}` : '';
  const where = machines?.length ? ` on ${few(machines)}` : '';
  return `${verb} ${counted(taskCount ?? 0, 'task')}${of}${where}`;
}

export function assumedText(assumed: Assumptions): string {
  const { startSeconds = 0, healthyAfterSeconds = 0, stopSeconds = 0 } = assumed;
  return (
    `Supposed: a task takes ${duration(startSeconds)} to start, counts as healthy ` +
    `${duration(healthyAfterSeconds)} later unless a health check tells, and takes ` +
    `${duration(stopSeconds)} to end; nothing fails. Nothing has been changed yet.`
  );
}

/** What people call an instance by. */
export function machineOf(thing: {
  ec2InstanceId?: string;
  containerInstanceArn?: string;
}): string {
  return thing.ec2InstanceId || nameOf(thing.containerInstanceArn);
}

const NAMED_MAX = 4;

export function few(words: readonly string[]): string {
  const shown = words.slice(0, NAMED_MAX).join(', ');
  return words.length > NAMED_MAX ? `${shown} and ${words.length - NAMED_MAX} more` : shown;
}

export function counted(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`;
}

/** A moment of the plan: `+0 s`. */
export function moment(seconds: number): string {
  return seconds ? `+${duration(seconds)}` : '+0 s';
}

function after(seconds: number): string {
  return seconds ? `after ${duration(seconds)}` : 'at once';
}

function fromTo(before: string | number | undefined, after: string | number | undefined): string {
  if (before === undefined || before === after) return String(after ?? '?');
  return `${before} → ${after ?? '?'}`;
}
