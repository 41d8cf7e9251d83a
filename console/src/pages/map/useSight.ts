/** What is seen of a cluster: drawn anew when something changed or leaves, not by the clock. */
import type { ContainerInstance, Task } from '@aws-sdk/client-ecs';
import { useDeferredValue, useEffect, useMemo, useReducer, useRef } from 'react';
import type { Snapshot } from '../../live/collection';
import { same } from '../../widgets/arranged';
import { type Ghost, NOTHING_SEEN, nextGhostGone, seenAfter } from './ghosts';
import { type ClusterPicture, nextLeaving, pictureOf } from './layout';

export interface Sight {
  readonly picture: ClusterPicture;
  readonly ghosts: readonly Ghost[];
}

export function useSight(instances: Snapshot<ContainerInstance>, tasks: Snapshot<Task>): Sight {
  const [left, leave] = useReducer((count: number) => count + 1, 0);
  // Drawing thousands takes a moment; clicks do not wait for it.
  const { instances: shown, tasks: here } = useDeferredValue(
    useMemo(() => ({ instances, tasks: tasks.items }), [instances, tasks.items]),
  );
  const now = useMemo(() => momentOf(shown, here, left), [shown, here, left]);
  const owners = useRef<readonly string[]>([]);
  const picture = useMemo(() => {
    const next = pictureOf(shown.items, here, now);
    owners.current = same(owners.current, next.owners);
    return { ...next, owners: owners.current };
  }, [shown, here, now]);
  const seen = useRef(NOTHING_SEEN);
  const ghosts = useMemo(() => {
    // Not before the first whole look: what is not listed yet has not left.
    if (!shown.isLoading) seen.current = seenAfter(seen.current, shown.items, here, now);
    return seen.current.ghosts;
  }, [shown, here, now]);
  useEffect(() => {
    const next = Math.min(nextLeaving(here, now) ?? Infinity, nextGhostGone(ghosts) ?? Infinity);
    if (next === Infinity) return;
    const timer = setTimeout(leave, Math.max(0, next - Date.now()));
    return () => clearTimeout(timer);
  }, [here, ghosts, now]);
  return { picture, ghosts };
}

/** When all of these had become what they are. */
function momentOf(..._: readonly unknown[]): number {
  return Date.now();
}
