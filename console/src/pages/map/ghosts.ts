/**
 * Instances that have just been deregistered: ECS lists them no more and knows nothing of what
 * runs on them, but on the map one should see where they were and that their tasks are orphans.
 */
import type { ContainerInstance, Task } from '@aws-sdk/client-ecs';

export interface Ghost {
  readonly instance: ContainerInstance;
  /** What ran on it when it was last seen: orphans now. */
  readonly orphans: readonly Task[];
  readonly since: number;
}

export const GHOST_SECONDS = 90;

export interface Seen {
  readonly instances: ReadonlyMap<string, ContainerInstance>;
  readonly running: ReadonlyMap<string, readonly Task[]>;
  readonly ghosts: readonly Ghost[];
}

export const NOTHING_SEEN: Seen = { instances: new Map(), running: new Map(), ghosts: [] };

/** What is seen after another look, given what was seen before. */
export function seenAfter(
  before: Seen,
  instances: readonly ContainerInstance[],
  tasks: readonly Task[],
  now: number,
): Seen {
  const present = new Map(instances.map((one) => [one.containerInstanceArn ?? '', one]));
  const ghosts = before.ghosts.filter(
    ({ instance, since }) =>
      !present.has(instance.containerInstanceArn ?? '') && now - since < GHOST_SECONDS * 1_000,
  );
  for (const [arn, instance] of before.instances) {
    if (present.has(arn)) continue;
    ghosts.push({ instance, orphans: before.running.get(arn) ?? [], since: now });
  }
  const running = new Map<string, Task[]>();
  for (const task of tasks) {
    const place = task.containerInstanceArn ?? '';
    if (task.lastStatus !== 'RUNNING' || !present.has(place)) continue;
    const there = running.get(place);
    if (there) there.push(task);
    else running.set(place, [task]);
  }
  return { instances: present, running, ghosts };
}

/** When the first of them leaves the map. */
export function nextGhostGone(ghosts: readonly Ghost[]): number | undefined {
  const ends = ghosts.map(({ since }) => since + GHOST_SECONDS * 1_000);
  return ends.length ? Math.min(...ends) : undefined;
}
