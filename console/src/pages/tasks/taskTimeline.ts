/** A task's life cut into phases: what went on from one moment that ECS tells to the next. */
import type { Task } from '@aws-sdk/client-ecs';
import { lossOf } from './orphans';

export interface Phase {
  readonly id: Moment;
  /** What went on. */
  readonly label: string;
  /** The member of DescribeTasks that began it. */
  readonly at: Date;
  readonly seconds: number;
  /** It goes on now. */
  readonly isOpen: boolean;
  readonly kind: 'start' | 'run' | 'stop';
  /** 0 to 1, of the longest phase of the same drawing; running is not drawn to scale. */
  readonly share: number;
}

export interface TaskTimeline {
  readonly phases: readonly Phase[];
  readonly stoppedAt: Date | undefined;
  /** Until it ran. */
  readonly startSeconds: number | undefined;
  /** From the wish to stop it to its end, if that was reported. */
  readonly stopSeconds: number | undefined;
}

/** In the order in which they come when they come at the same time. */
const MOMENTS = [
  'createdAt',
  'connectivityAt',
  'pullStartedAt',
  'pullStoppedAt',
  'startedAt',
  'stoppingAt',
  'executionStoppedAt',
  'stoppedAt',
] as const;

type Moment = (typeof MOMENTS)[number];
type TaskMoments = Pick<Task, Moment>;

export function timelineOf(task: Task, nowMs: number): TaskTimeline {
  const moments = momentsOf(task);
  const phases = moments
    .filter(({ id }) => id !== 'stoppedAt')
    .map(({ id, at }, index): Phase => {
      const next = moments[index + 1]?.at;
      const isOpen = next === undefined;
      const seconds = Math.max(0, ((next?.getTime() ?? nowMs) - at.getTime()) / 1_000);
      return { ...described(id, task), id, at, seconds, isOpen, share: 0 };
    })
    // Moments at the same time are one: an open phase is told however short it is.
    .filter(({ seconds, isOpen }) => isOpen || seconds > 0);
  return {
    phases: withShares(phases),
    stoppedAt: task.stoppedAt,
    startSeconds: between(task.createdAt, task.startedAt),
    stopSeconds: lossOf(task) ? undefined : between(task.stoppingAt, task.stoppedAt),
  };
}

function momentsOf(task: TaskMoments): readonly { id: Moment; at: Date }[] {
  const found = MOMENTS.flatMap((id) => {
    const at = momentOf(id, task);
    return at ? [{ id, at }] : [];
  });
  // What is told of after the end (an agent's late word) is no part of the task's life.
  const end = task.stoppedAt?.getTime() ?? Number.POSITIVE_INFINITY;
  return found
    .filter(({ at }) => at.getTime() <= end)
    .sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** Agents report later than things happen: what is told too late to be where it belongs is moved. */
function momentOf(id: Moment, task: TaskMoments): Date | undefined {
  const { connectivityAt, pullStartedAt, startedAt, executionStoppedAt } = task;
  if (id === 'connectivityAt' && isBefore(pullStartedAt, connectivityAt)) return undefined;
  if (id === 'startedAt' && isBefore(executionStoppedAt, startedAt)) return executionStoppedAt;
  return task[id];
}

function isBefore(one: Date | undefined, other: Date | undefined): boolean {
  return one !== undefined && other !== undefined && one < other;
}

function described(id: Moment, task: Task): Pick<Phase, 'label' | 'kind'> {
  const { stoppingAt, executionStoppedAt, startedAt } = task;
  const hadEnded = executionStoppedAt && stoppingAt && executionStoppedAt <= stoppingAt;
  switch (id) {
    case 'createdAt':
      return { label: 'Placed; waits for the agent', kind: 'start' };
    case 'connectivityAt':
      return { label: 'The agent takes it on', kind: 'start' };
    case 'pullStartedAt':
      return { label: 'Pulls images', kind: 'start' };
    case 'pullStoppedAt':
      return { label: 'Creates and starts containers', kind: 'start' };
    case 'startedAt':
      return { label: 'Runs', kind: 'run' };
    case 'stoppingAt':
      return hadEnded || !startedAt
        ? { label: 'Stops', kind: 'stop' }
        : { label: 'Stops its containers', kind: 'stop' };
    case 'executionStoppedAt':
      if (!startedAt) return { label: 'Could not start; is given up', kind: 'stop' };
      return hadEnded
        ? { label: 'Containers have ended', kind: 'stop' }
        : { label: 'Containers have ended; cleans up', kind: 'stop' };
    case 'stoppedAt':
      return { label: 'Stopped', kind: 'stop' };
  }
}

function withShares(phases: readonly Phase[]): readonly Phase[] {
  const longest = Math.max(0, ...phases.filter(({ kind }) => kind !== 'run').map(secondsOf));
  return phases.map((phase) => ({
    ...phase,
    share: phase.kind === 'run' ? 1 : longest ? phase.seconds / longest : 0,
  }));
}

function secondsOf({ seconds }: Phase): number {
  return seconds;
}

function between(from: Date | undefined, to: Date | undefined): number | undefined {
  if (!from || !to) return undefined;
  return Math.max(0, (to.getTime() - from.getTime()) / 1_000);
}
