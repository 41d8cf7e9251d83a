/**
 * What changed in the control plane, as it changes: `GET /changes`, connected for as long as
 * somebody is signed in. A change says what, not how: who shows it asks for it anew. After every
 * gap everything may have changed.
 */
import { failureOf, isAboutKeys } from '../aws/failures';
import { signedFetch } from '../aws/signed';
import { BASE } from '../session/region';
import { messages } from './sse';

export interface Change {
  readonly kind: string;
  readonly arn: string;
  /** The cluster's ARN, of what lives in one. */
  readonly cluster?: string;
}

/** null stands for everything. */
export type Changes = readonly Change[] | null;

/**
 * `live`: told of every change. `polling`: the stream is away, pages ask from time to time.
 * `away`: nothing answers at all.
 */
export type Connection = 'connecting' | 'live' | 'polling' | 'away';

const RETRY_MS = [500, 1_000, 2_000, 5_000];
/** The server gives a sign of life every 15 s. */
const SILENCE_MS_MAX = 40_000;
const ANSWER_MS_MAX = 4_000;

type Listener = (changes: Changes) => void;

const listeners = new Set<Listener>();
const watchers = new Set<() => void>();
let connection: Connection = 'connecting';

export function onChanges(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function connectionNow(): Connection {
  return connection;
}

export function onConnection(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Tell listeners that something changed, as the stream does. For what we did ourselves. */
export function announce(changes: Changes): void {
  for (const listener of listeners) listener(changes);
}

/** Follow the stream until the returned function is called. */
export function followChanges(): () => void {
  const ended = new AbortController();
  void follow(ended.signal);
  return () => {
    ended.abort();
    tell('connecting'); // who signs in next is not live because the last one was
  };
}

async function follow(ended: AbortSignal): Promise<void> {
  for (let attempt = 0; !ended.aborted; attempt++) {
    const began = Date.now();
    try {
      await readOnce(ended);
    } catch (error) {
      if (!ended.aborted && isAboutKeys(failureOf(error))) {
        tell('polling');
        return; // calls are refused too, and say so where they are shown
      }
    }
    if (ended.aborted) return;
    if (Date.now() - began > 10_000) attempt = 0;
    if (connection !== 'away') tell('polling');
    const next = (await isThere(ended)) ? 'polling' : 'away';
    if (ended.aborted) return;
    tell(next);
    await pause(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 5_000, ended);
  }
}

/** A proxy answers in place of a control plane that is away, with 500 or more. */
async function isThere(ended: AbortSignal): Promise<boolean> {
  try {
    const signal = AbortSignal.any([ended, AbortSignal.timeout(ANSWER_MS_MAX)]);
    const { status } = await fetch(`${BASE}/config.json`, { cache: 'no-store', signal });
    return status < 500;
  } catch {
    return false;
  }
}

async function readOnce(ended: AbortSignal): Promise<void> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS_MAX);
  const signal = AbortSignal.any([ended, silence.signal]);
  try {
    const response = await signedFetch({ method: 'GET', path: '/changes', signal });
    if (!response.ok || !response.body) {
      const told = (await response.json().catch(() => ({}))) as {
        __type?: string;
        message?: string;
      };
      throw { code: told.__type?.split('#').at(-1) ?? 'Error', message: told.message ?? '' };
    }
    tell('live');
    announce(null);
    for await (const message of messages(response.body)) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS_MAX);
      if (message.event === 'end') return;
      if (message.event === 'change') announce(changesOf(message.data));
    }
  } finally {
    clearTimeout(timer);
  }
}

export function changesOf(data: string): Changes {
  const told = JSON.parse(data) as { changes?: Change[]; everything?: boolean };
  return told.everything || !told.changes ? null : told.changes;
}

function tell(next: Connection): void {
  if (next === connection) return;
  connection = next;
  for (const watcher of watchers) watcher();
}

function pause(ms: number, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    ended.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
