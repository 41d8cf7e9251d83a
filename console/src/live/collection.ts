/**
 * Many things of one kind, kept as they are: listed once, then each asked for anew when it
 * changed. Holds 10,000 tasks without asking for all of them whenever one moves.
 */
import { type Failure, failureOf } from '../aws/failures';
import { type Change, connectionNow, onChanges } from './changes';

export interface Source<T> {
  /** The ids (ARNs) of all, page by page. */
  readonly list: (signal: AbortSignal) => AsyncIterable<readonly string[]>;
  /** Those of the ids that are there. At most `describeMax` ids at once. */
  readonly describe: (ids: readonly string[], signal: AbortSignal) => Promise<readonly T[]>;
  readonly describeMax: number;
  readonly idOf: (item: T) => string;
  /** Whether a change is about one of them; its `arn` is then the id. */
  readonly isAbout: (change: Change) => boolean;
  /** What is kept of an item that is there but not wanted: nothing. All are wanted by default. */
  readonly isWanted?: (item: T) => boolean;
}

export interface Snapshot<T> {
  readonly items: readonly T[];
  /** How many there are, as far as they are listed. */
  readonly listed: number;
  readonly isLoading: boolean;
  readonly failure?: Failure;
}

const AT_ONCE_MAX = 4;
const GATHER_MS = 100;
const TELL_MS = 100;
const POLL_MS = 5_000;
/** Kept so long after the last page that shows it, for who comes back. */
const KEPT_MS = 30_000;
const NOTHING: Snapshot<never> = { items: [], listed: 0, isLoading: true };

export class Collection<T> {
  readonly #source: Source<T>;
  readonly #items = new Map<string, T>();
  readonly #listeners = new Set<() => void>();
  readonly #stale = new Set<string>();
  #snapshot: Snapshot<T> = NOTHING;
  #listed = 0;
  #isLoading = true;
  #failureOfLoad: Failure | undefined;
  #failureOfRefresh: Failure | undefined;
  #ended = new AbortController();
  #end: (() => void) | undefined;
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #telling: ReturnType<typeof setTimeout> | undefined;
  #keeping: ReturnType<typeof setTimeout> | undefined;
  #retrying: ReturnType<typeof setTimeout> | undefined;
  /** What the load that is going on has listed, and what changed since it began. */
  #seen = new Set<string>();

  constructor(source: Source<T>) {
    this.#source = source;
  }

  readonly snapshot = (): Snapshot<T> => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    clearTimeout(this.#keeping);
    this.#listeners.add(listener);
    if (!this.#end) this.#begin();
    return () => {
      this.#listeners.delete(listener);
      if (!this.#listeners.size) this.#keeping = setTimeout(() => this.#stop(), KEPT_MS);
    };
  };

  #begin(): void {
    this.#ended = new AbortController();
    const endChanges = onChanges((changes) => {
      if (changes === null) void this.#load();
      else this.#gather(changes.filter(this.#source.isAbout).map(({ arn }) => arn));
    });
    const poll = setInterval(() => {
      if (connectionNow() !== 'live' && !this.#isLoading) void this.#load();
    }, POLL_MS);
    this.#end = () => {
      endChanges();
      clearInterval(poll);
    };
    void this.#load();
  }

  #stop(): void {
    this.#end?.();
    this.#end = undefined;
    this.#ended.abort();
    clearTimeout(this.#gathering);
    clearTimeout(this.#retrying);
    this.#gathering = undefined;
  }

  /** List all and describe them; what is no longer listed goes. A later load replaces this one. */
  #loading: AbortController | undefined;

  async #load(): Promise<void> {
    this.#loading?.abort();
    clearTimeout(this.#retrying);
    const loading = new AbortController();
    this.#loading = loading;
    const signal = AbortSignal.any([loading.signal, this.#ended.signal]);
    this.#isLoading = true;
    this.#tellSoon();
    const seen = new Set<string>();
    this.#seen = seen;
    try {
      await this.#listAndDescribe(seen, signal);
      for (const id of this.#items.keys()) if (!seen.has(id)) this.#items.delete(id);
      this.#listed = this.#items.size;
      this.#failureOfLoad = undefined;
    } catch (error) {
      if (signal.aborted) return;
      this.#failureOfLoad = failureOf(error);
      this.#retrying = setTimeout(() => void this.#load(), POLL_MS);
    }
    this.#isLoading = false;
    this.#tellSoon();
  }

  /** Some pages' worth at a time; the first that fails ends it. */
  async #listAndDescribe(seen: Set<string>, signal: AbortSignal): Promise<void> {
    const running = new Set<Promise<void>>();
    const failures: unknown[] = [];
    const check = () => {
      if (failures.length) throw failures[0];
      signal.throwIfAborted();
    };
    for await (const ids of this.#source.list(signal)) {
      for (const id of ids) seen.add(id);
      this.#listed = Math.max(seen.size, this.#items.size);
      for (const batch of batches(ids, this.#source.describeMax)) {
        const one: Promise<void> = this.#describe(batch, signal)
          .catch((error: unknown) => void failures.push(error))
          .finally(() => running.delete(one));
        running.add(one);
        if (running.size >= AT_ONCE_MAX) await Promise.race(running);
        check();
      }
    }
    await Promise.all(running);
    check();
  }

  async #describe(ids: readonly string[], signal: AbortSignal): Promise<void> {
    const missing = new Set(ids);
    const found = await this.#source.describe(ids, signal);
    if (signal.aborted) return;
    for (const item of found) {
      const id = this.#source.idOf(item);
      if (!(this.#source.isWanted?.(item) ?? true)) continue;
      missing.delete(id);
      this.#items.set(id, item);
    }
    for (const id of missing) this.#items.delete(id);
    this.#tellSoon();
  }

  #gather(ids: readonly string[]): void {
    for (const id of ids) {
      this.#stale.add(id);
      this.#seen.add(id); // it may be too new for the list that is being read
    }
    if (this.#stale.size) this.#gathering ??= setTimeout(() => void this.#refresh(), GATHER_MS);
  }

  async #refresh(): Promise<void> {
    this.#gathering = undefined;
    const ids = [...this.#stale];
    this.#stale.clear();
    try {
      for (const batch of batches(ids, this.#source.describeMax)) {
        await this.#describe(batch, this.#ended.signal);
      }
      if (!this.#isLoading) this.#listed = this.#items.size;
      this.#failureOfRefresh = undefined;
      this.#tellSoon();
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      this.#failureOfRefresh = failureOf(error);
      this.#tellSoon();
      setTimeout(() => this.#gather(ids), POLL_MS);
    }
  }

  #tellSoon(): void {
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      this.#snapshot = {
        items: [...this.#items.values()],
        listed: this.#listed,
        isLoading: this.#isLoading,
        failure: this.#failureOfLoad ?? this.#failureOfRefresh,
      };
      for (const listener of this.#listeners) listener();
    }, TELL_MS);
  }
}

function* batches<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += size) yield all.slice(from, from + size);
}
