/** Published events of a filter, followed while they are shown; they can be held still. */
import { useCallback, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { EventQuery } from '../../live/eventStream';
import { type EventsSnapshot, EventTail, NO_EVENTS, type ReadEvent } from '../../live/events';
import { region } from '../../session/region';
import { session } from '../../session/session';

export interface FollowedEvents extends EventsSnapshot {
  readonly isPaused: boolean;
  /** How many came since they are held still. */
  readonly waiting: number;
  readonly pause: () => void;
  readonly resume: () => void;
}

export function useEvents(query: EventQuery): FollowedEvents {
  const asked = JSON.stringify(query);
  const who = `${region()} ${session()?.accessKeyId}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: who asks decides what is told
  const tail = useMemo(() => new EventTail(JSON.parse(asked)), [asked, who]);
  const now = useSyncExternalStore(tail.subscribe, tail.snapshot);
  const [held, hold] = useState<{ tail: EventTail; events: readonly ReadEvent[] }>();
  const latest = useRef(NO_EVENTS);
  latest.current = now;
  const isPaused = held?.tail === tail;
  const events = isPaused ? held.events : now.events;
  return {
    ...now,
    events,
    isPaused,
    waiting: isPaused ? lastKey(now.events) - lastKey(events) : 0,
    pause: useCallback(() => hold({ tail, events: latest.current.events }), [tail]),
    resume: useCallback(() => hold(undefined), []),
  };
}

function lastKey(events: readonly ReadEvent[]): number {
  return events.at(-1)?.key ?? -1;
}
