/**
 * Published events as they come: the newest some thousand in memory, over as many connections as
 * it takes. Connected only while somebody looks: a browser has six connections for a host.
 */
import { type Failure, failureOf, isAboutKeys } from '../aws/failures';
import { type EventQuery, eventMessages } from './eventStream';
import type { SseMessage } from './sse';

export const EVENTS_KEPT_MAX = 5_000;
/** Events within this time are told together. */
const TELL_MS = 300;
const RETRY_MS = [500, 1_000, 2_000, 5_000];

/** An event in EventBridge's form. What it may lack, it may lack. */
export interface PublishedEvent {
  readonly id?: string;
  readonly 'detail-type'?: string;
  readonly time?: string;
  readonly resources?: readonly string[];
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** An event with its place among those that were read. */
export interface ReadEvent {
  readonly key: number;
  readonly event: PublishedEvent;
}

export type StreamState =
  | { readonly at: 'connecting' }
  | { readonly at: 'live' }
  /** Will be tried again. */
  | { readonly at: 'away'; readonly why: string }
  /** Will not be tried again. */
  | { readonly at: 'refused'; readonly failure: Failure };

export interface EventsSnapshot {
  /** The oldest first. */
  readonly events: readonly ReadEvent[];
  /** How many were read and are no longer in memory. */
  readonly letGo: number;
  /** How many the server no longer had when they were asked for. */
  readonly missed: number;
  readonly state: StreamState;
}

export const NO_EVENTS: EventsSnapshot = {
  events: [],
  letGo: 0,
  missed: 0,
  state: { at: 'connecting' },
};

export class EventTail {
  readonly #query: EventQuery;
  readonly #listeners = new Set<() => void>();
  #snapshot = NO_EVENTS;
  #coming: string[] = [];
  #readSoFar = 0;
  #letGo = 0;
  #missed = 0;
  #state: StreamState = NO_EVENTS.state;
  /** The number of the last event that the server has told of. */
  #after = '';
  #began = 0;
  #ended = new AbortController();
  #telling: ReturnType<typeof setTimeout> | undefined;

  constructor(query: EventQuery) {
    this.#query = query;
  }

  readonly snapshot = (): EventsSnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#start();
    return () => {
      this.#listeners.delete(listener);
      if (!this.#listeners.size) this.#ended.abort();
    };
  };

  #start(): void {
    this.#began ||= Date.now();
    this.#ended = new AbortController();
    void this.#follow(this.#ended.signal);
  }

  async #follow(ended: AbortSignal): Promise<void> {
    for (let attempt = 0; !ended.aborted; attempt++) {
      const before = Date.now();
      await seen(ended);
      if (ended.aborted) return;
      try {
        await this.#readOnce(ended);
      } catch (error) {
        if (ended.aborted) return;
        const failure = failureOf(error);
        if (isAboutKeys(failure) || failure.code === 'ValidationException') {
          this.#tell({ at: 'refused', failure });
          return;
        }
        this.#tell({ at: 'away', why: failure.message });
      }
      if (ended.aborted) return;
      if (Date.now() - before > 10_000) attempt = 0;
      await pause(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 5_000, ended);
    }
  }

  /** Read until the stream ends. In a tab that nobody sees it is ended by us. */
  async #readOnce(ended: AbortSignal): Promise<void> {
    const unseen = new AbortController();
    const leave = () => document.hidden && unseen.abort();
    document.addEventListener('visibilitychange', leave);
    let why = 'The connection broke off.';
    try {
      const signal = AbortSignal.any([ended, unseen.signal]);
      for await (const message of eventMessages(this.#asked(), this.#after, signal)) {
        if (message.event === 'end') why = reasonOf(message.data);
        else this.#take(message);
      }
    } catch (error) {
      if (!unseen.signal.aborted) throw error;
      why = 'Nobody was looking.';
    } finally {
      document.removeEventListener('visibilitychange', leave);
    }
    this.#tell({ at: 'away', why });
  }

  /** As much further back as time has passed: nothing is lost before the first event. */
  #asked(): EventQuery {
    const { sinceSeconds } = this.#query;
    if (sinceSeconds === undefined) return this.#query;
    const passed = Math.ceil((Date.now() - this.#began) / 1_000);
    return { ...this.#query, sinceSeconds: sinceSeconds + (passed > 1 ? passed : 0) };
  }

  #take({ event, data, id }: SseMessage): void {
    if (id) this.#after = id;
    if (event === 'opened') this.#tell({ at: 'live' });
    else if (event === 'missed') {
      this.#missed += missedOf(data);
      this.#tell(this.#state);
    } else if (data) {
      this.#coming.push(data);
      // Two lots at most: of a long history only the end is worth the reading.
      if (this.#coming.length > 2 * EVENTS_KEPT_MAX) this.#drop(EVENTS_KEPT_MAX);
      this.#tell(this.#state);
    }
  }

  #drop(count: number): void {
    this.#coming.splice(0, count);
    this.#readSoFar += count;
    this.#letGo += count;
  }

  #tell(state: StreamState): void {
    this.#state = state;
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      this.#publish();
    }, TELL_MS);
  }

  #publish(): void {
    this.#drop(Math.max(0, this.#coming.length - EVENTS_KEPT_MAX));
    const fresh = this.#coming.map((data) => ({ key: this.#readSoFar++, event: eventOf(data) }));
    this.#coming = [];
    let { events } = this.#snapshot;
    if (fresh.length) {
      const all = [...events, ...fresh];
      this.#letGo += Math.max(0, all.length - EVENTS_KEPT_MAX);
      events = all.slice(-EVENTS_KEPT_MAX);
    }
    this.#snapshot = { events, letGo: this.#letGo, missed: this.#missed, state: this.#state };
    for (const listener of this.#listeners) listener();
  }
}

/** What cannot be read is shown as it came. */
function eventOf(data: string): PublishedEvent {
  const read = parsed(data);
  return typeof read === 'object' && read !== null ? read : { 'detail-type': data };
}

function reasonOf(data: string): string {
  const { reason } = (parsed(data) ?? {}) as { reason?: string };
  return reason ?? 'The server ended the stream.';
}

function missedOf(data: string): number {
  const { missed } = (parsed(data) ?? {}) as { missed?: number };
  return missed ?? 0;
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined; // who asks says what it then is
  }
}

/** Resolves when the tab is looked at, or all is over. */
function seen(ended: AbortSignal): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden && !ended.aborted) return;
      document.removeEventListener('visibilitychange', look);
      resolve();
    };
    document.addEventListener('visibilitychange', look);
    ended.addEventListener('abort', look);
  });
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
