/** A moment, as how long ago it was; the exact time on hover. */
import { useSyncExternalStore } from 'react';

const TICK_MS = 1_000;
const listeners = new Set<() => void>();
let now = Date.now();
let ticking: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  ticking ??= setInterval(() => {
    now = Date.now();
    for (const one of listeners) one();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size) return;
    clearInterval(ticking);
    ticking = undefined;
  };
}

/** While nobody listened, time went on, or the machine's clock was set: what happens now is neither long ago nor to come. */
function latest(): number {
  const isStale = ticking === undefined && Math.abs(Date.now() - now) >= TICK_MS;
  if (isStale) now = Date.now();
  return now;
}

/** The time, once a second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, latest);
}

export function When({ at }: { at: Date | number | undefined }) {
  const seconds = useNow() / 1_000;
  if (at === undefined) return <>–</>;
  const moment = typeof at === 'number' ? new Date(at * 1_000) : at;
  return (
    <time dateTime={moment.toISOString()} title={moment.toLocaleString()}>
      {ago(seconds - moment.getTime() / 1_000)}
    </time>
  );
}

/** `3 minutes ago`, `in 5 s`. */
export function ago(seconds: number): string {
  if (Math.abs(seconds) < 1) return 'just now';
  return seconds > 0 ? `${duration(seconds)} ago` : `in ${duration(-seconds)}`;
}

/** `850 ms`, `12 s`, `3 min 5 s`, `2 h 4 min`, `3 d 4 h`. */
export function duration(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1_000)} ms`;
  if (seconds < 60) return `${seconds < 10 ? Number(seconds.toFixed(1)) : Math.floor(seconds)} s`;
  const whole = Math.floor(seconds);
  if (whole < 3_600) return pair(Math.floor(whole / 60), 'min', whole % 60, 's');
  if (whole < 86_400)
    return pair(Math.floor(whole / 3_600), 'h', Math.floor((whole % 3_600) / 60), 'min');
  return pair(Math.floor(whole / 86_400), 'd', Math.floor((whole % 86_400) / 3_600), 'h');
}

function pair(first: number, unit: string, second: number, smaller: string): string {
  return second ? `${first} ${unit} ${second} ${smaller}` : `${first} ${unit}`;
}
