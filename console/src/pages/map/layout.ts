/** What the cluster map shows, out of tasks and container instances: no drawing here. */
import type { ContainerInstance, Task } from '@aws-sdk/client-ecs';
import { nameOf } from '../../aws/arns';
import { same } from '../../widgets/arranged';

export interface TaskCell {
  readonly id: string;
  readonly taskArn: string;
  /** The service, or the family of a task that belongs to none. */
  readonly owner: string;
  readonly status: string;
  /** How it is drawn: `coming`, `here`, `unwell`, `leaving`, `failed` or `gone`. */
  readonly phase: Phase;
  readonly words: string;
  /** By what the tasks of a box are ordered. */
  readonly order: string;
}

export type Phase = 'coming' | 'here' | 'unwell' | 'leaving' | 'failed' | 'gone';

export interface Share {
  readonly used: number;
  readonly total: number;
}

export interface InstanceBox {
  readonly arn: string;
  readonly name: string;
  readonly status: string;
  readonly isConnected: boolean;
  readonly zone: string;
  readonly cpu: Share;
  readonly memory: Share;
  readonly tasks: readonly TaskCell[];
}

export interface Zone {
  readonly name: string;
  readonly boxes: readonly InstanceBox[];
}

export interface ClusterPicture {
  readonly zones: readonly Zone[];
  /** Tasks that have no instance yet. */
  readonly waiting: readonly TaskCell[];
  /** Services and families in the order of their colours. */
  readonly owners: readonly string[];
}

/** Stopped tasks stay on the map for so long, so that one sees them go. */
export const LEAVING_SECONDS = 6;
const COMING = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING']);
const LEAVING = new Set(['DEACTIVATING', 'STOPPING', 'DEPROVISIONING']);
const UNKNOWN_ZONE = 'no zone';

export function pictureOf(
  instances: readonly ContainerInstance[],
  tasks: readonly Task[],
  now: number,
): ClusterPicture {
  const cells = new Map<string, TaskCell[]>();
  const waiting: TaskCell[] = [];
  const owners = new Set<string>();
  for (const task of tasks) {
    const cell = cellOf(task, now);
    if (!cell) continue;
    owners.add(cell.owner);
    const place = task.containerInstanceArn;
    if (!place) waiting.push(cell);
    else add(cells, place, cell);
  }
  const zones = new Map<string, InstanceBox[]>();
  for (const instance of instances) {
    const box = boxOf(instance, cells.get(instance.containerInstanceArn ?? '') ?? []);
    add(zones, box.zone, box);
  }
  return {
    zones: [...zones]
      .map(([name, boxes]) => ({ name, boxes: boxes.sort(by(({ name: of }) => of)) }))
      .sort(by(({ name }) => name)),
    waiting,
    owners: [...owners].sort(),
  };
}

export function ownerOf(task: Task): string {
  const [kind, name] = (task.group ?? '').split(':');
  if (kind === 'service' && name) return name;
  return nameOf(task.taskDefinitionArn).split(':')[0] || 'tasks';
}

/** When the picture is another one though nothing changed: a stopped task leaves the map. */
export function nextLeaving(tasks: readonly Task[], now: number): number | undefined {
  let next: number | undefined;
  for (const task of tasks) {
    if (task.lastStatus !== 'STOPPED') continue;
    const leaves = (task.stoppedAt?.getTime() ?? 0) + LEAVING_SECONDS * 1_000 + 1;
    if (leaves > now && (next === undefined || leaves < next)) next = leaves;
  }
  return next;
}

/* Tasks and instances are never changed, only replaced: the same ones are drawn the same. */
const cellsKept = new WeakMap<Task, TaskCell>();
const boxesKept = new WeakMap<ContainerInstance, InstanceBox>();

function cellOf(task: Task, now: number): TaskCell | undefined {
  const phase = phaseOf(task, now);
  if (!phase) return undefined;
  const known = cellsKept.get(task);
  if (known?.phase === phase) return known;
  const made = newCell(task, phase);
  cellsKept.set(task, made);
  return made;
}

function newCell(task: Task, phase: Phase): TaskCell {
  const status = task.lastStatus ?? '';
  const id = nameOf(task.taskArn);
  const owner = ownerOf(task);
  const because = task.stoppedReason ? `, ${task.stoppedReason}` : '';
  const health =
    task.healthStatus && task.healthStatus !== 'UNKNOWN' ? `, ${task.healthStatus}` : '';
  const revision = nameOf(task.taskDefinitionArn);
  return {
    id,
    taskArn: task.taskArn ?? '',
    owner,
    status,
    phase,
    words: `${owner}: task ${id.slice(0, 8)} of ${revision}, ${status}${health}${because}`,
    order: `${owner} ${id}`,
  };
}

function phaseOf(task: Task, now: number): Phase | undefined {
  const status = task.lastStatus ?? '';
  if (status === 'STOPPED') {
    const stopped = task.stoppedAt?.getTime() ?? 0;
    if (now - stopped > LEAVING_SECONDS * 1_000) return undefined;
    return isFailed(task) ? 'failed' : 'gone';
  }
  if (COMING.has(status)) return 'coming';
  if (LEAVING.has(status) || task.desiredStatus === 'STOPPED') return 'leaving';
  return task.healthStatus === 'UNHEALTHY' ? 'unwell' : 'here';
}

/** Whether a stopped task ended otherwise than by the scheduler's or a user's wish. */
function isFailed(task: Task): boolean {
  if (task.stopCode === 'TaskFailedToStart') return true;
  return (
    task.stopCode === 'EssentialContainerExited' &&
    (task.containers ?? []).some((one) => one.exitCode)
  );
}

function boxOf(instance: ContainerInstance, cells: readonly TaskCell[]): InstanceBox {
  const tasks = [...cells].sort(by(({ order }) => order));
  const known = boxesKept.get(instance);
  if (known && same(known.tasks, tasks) === known.tasks) return known;
  const made = newBox(instance, tasks);
  boxesKept.set(instance, made);
  return made;
}

function newBox(instance: ContainerInstance, tasks: readonly TaskCell[]): InstanceBox {
  const attribute = (name: string) => instance.attributes?.find((one) => one.name === name)?.value;
  return {
    arn: instance.containerInstanceArn ?? '',
    name: instance.ec2InstanceId ?? nameOf(instance.containerInstanceArn),
    status: instance.status ?? '',
    isConnected: instance.agentConnected ?? false,
    zone: attribute('ecs.availability-zone') ?? UNKNOWN_ZONE,
    cpu: shareOf(instance, 'CPU'),
    memory: shareOf(instance, 'MEMORY'),
    tasks,
  };
}

function shareOf(instance: ContainerInstance, name: string): Share {
  const of = (all: ContainerInstance['registeredResources']) =>
    all?.find((one) => one.name === name)?.integerValue ?? 0;
  const total = of(instance.registeredResources);
  return { total, used: total - of(instance.remainingResources) };
}

function add<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

function by<T>(value: (item: T) => string) {
  return (a: T, b: T) => (value(a) < value(b) ? -1 : Number(value(a) > value(b)));
}
