/** The live picture of a service: a row for each revision, a cell for each of its tasks. */
import type { Deployment, Service, Task } from '@aws-sdk/client-ecs';
import { nameOf } from '../../aws/arns';
import { isFailedTask } from '../../widgets/failedTask';
import { counted } from './deploymentState';
import { grouped } from './grouped';

export type Phase =
  | 'wanted'
  | 'coming'
  | 'here'
  | 'healthy'
  | 'unwell'
  | 'draining'
  | 'leaving'
  | 'failed'
  | 'gone';

export interface Cell {
  /** The task's id; empty for one that is wanted and not there yet. */
  readonly id: string;
  readonly phase: Phase;
  readonly words: string;
}

export interface Row {
  readonly id: string;
  /** `web:7` */
  readonly revision: string;
  /** PRIMARY, ACTIVE; INACTIVE for a deployment that is no longer listed. */
  readonly status: string;
  readonly cells: readonly Cell[];
  /** What the cells show, in words. */
  readonly words: string;
}

/** Tasks stay for so long after their end, so that one sees them go, and why. */
const GONE_MS = 15_000;
const FAILED_MS = 300_000;
const FAILED_MAX = 10;
const COMING = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING']);

/** `healthOf`: the health of a task at its load balancers, where it has any. */
export function rolloutOf(
  service: Service,
  tasks: readonly Task[],
  now: number,
  healthOf: (task: Task) => string | undefined = () => undefined,
): Row[] {
  const deployments = service.deployments ?? [];
  const sets = (service.taskSets ?? []).map((set) => ({
    ...set,
    desiredCount: set.computedDesiredCount,
  }));
  const known: readonly Deployment[] = deployments.length ? deployments : sets;
  const byOwner = grouped(
    tasks.filter((task) => isShown(task, now)),
    (task) => task.startedBy ?? '',
  );
  const rows = known.map((one) => rowOf(one, byOwner.get(one.id ?? '') ?? [], healthOf));
  const listed = new Set(known.map(({ id }) => id ?? ''));
  for (const [id, left] of byOwner) {
    if (listed.has(id)) continue;
    const former = { id, status: 'INACTIVE', taskDefinition: left[0]?.taskDefinitionArn };
    rows.push(rowOf(former, left, healthOf));
  }
  return rows;
}

export function tasksOfService(service: string, tasks: readonly Task[]): Task[] {
  return tasks.filter(({ group }) => group === `service:${service}`);
}

function rowOf(
  deployment: Deployment,
  tasks: readonly Task[],
  healthOf: (task: Task) => string | undefined,
): Row {
  const cells = tasks.map((task) => cellOf(task, healthOf(task)));
  cells.sort((a, b) => ORDER.indexOf(a.phase) - ORDER.indexOf(b.phase) || (a.id < b.id ? -1 : 1));
  const failed = cells.filter(({ phase }) => phase === 'failed');
  const others = cells.filter(({ phase }) => phase !== 'failed');
  const there = cells.filter(({ phase }) => THERE.has(phase)).length;
  const isMoving = deployment.status === 'PRIMARY' && deployment.rolloutState !== 'FAILED';
  const missing = isMoving ? Math.max(0, (deployment.desiredCount ?? 0) - there) : 0;
  const wanted = Array.from({ length: missing }, () => WANTED);
  return {
    id: deployment.id ?? '',
    revision: nameOf(deployment.taskDefinition),
    status: deployment.status ?? '',
    cells: [...others, ...wanted, ...failed.slice(0, FAILED_MAX)],
    words: wordsOf([...others, ...wanted, ...failed]),
  };
}

const WANTED: Cell = { id: '', phase: 'wanted', words: 'wanted, not started yet' };
const ORDER: readonly Phase[] = [
  'healthy',
  'here',
  'unwell',
  'coming',
  'draining',
  'leaving',
  'gone',
  'wanted',
  'failed',
];
const THERE = new Set<Phase>(['coming', 'here', 'healthy', 'unwell']);
const WORDS: Record<Phase, string> = {
  healthy: 'RUNNING and healthy',
  here: 'RUNNING',
  unwell: 'unhealthy',
  coming: 'starting',
  draining: 'draining',
  leaving: 'stopping',
  gone: 'just stopped',
  wanted: 'still to start',
  failed: 'failed lately',
};

/** `3 RUNNING and healthy, 1 starting` */
function wordsOf(cells: readonly Cell[]): string {
  const counts = grouped(cells, ({ phase }) => phase);
  const parts = ORDER.flatMap((phase) => {
    const number = counts.get(phase)?.length ?? 0;
    return number ? `${number} ${WORDS[phase]}` : [];
  });
  return parts.join(', ') || 'no tasks';
}

function cellOf(task: Task, health: string | undefined): Cell {
  const id = nameOf(task.taskArn);
  const asked = task.desiredStatus === 'STOPPED' && task.lastStatus !== 'STOPPED';
  const parts = [
    `Task ${id.slice(0, 8)}: ${task.lastStatus ?? 'unknown'}`,
    asked ? 'to be STOPPED' : '',
    task.healthStatus && task.healthStatus !== 'UNKNOWN' ? task.healthStatus : '',
    health ? `target ${health}` : '',
    task.stoppedReason ?? '',
  ];
  return { id, phase: phaseOf(task, health), words: parts.filter(Boolean).join(', ') };
}

function phaseOf(task: Task, health: string | undefined): Phase {
  const { lastStatus = '', desiredStatus, healthStatus } = task;
  if (lastStatus === 'STOPPED') return isFailedTask(task) ? 'failed' : 'gone';
  if (COMING.has(lastStatus)) return desiredStatus === 'STOPPED' ? 'leaving' : 'coming';
  if (lastStatus !== 'RUNNING' || desiredStatus === 'STOPPED')
    return health === 'draining' ? 'draining' : 'leaving';
  if (healthStatus === 'UNHEALTHY' || health === 'unhealthy') return 'unwell';
  return health === 'healthy' || healthStatus === 'HEALTHY' ? 'healthy' : 'here';
}

function isShown(task: Task, now: number): boolean {
  if (task.lastStatus !== 'STOPPED') return true;
  const age = now - (task.stoppedAt?.getTime() ?? 0);
  return age < (isFailedTask(task) ? FAILED_MS : GONE_MS);
}

/** `2 of 4 RUNNING, 1 pending` */
export function countsText({
  desiredCount = 0,
  runningCount = 0,
  pendingCount = 0,
}: Service): string {
  const pending = pendingCount ? `, ${pendingCount} pending` : '';
  return `${runningCount} of ${counted(desiredCount, 'task')} RUNNING${pending}`;
}
