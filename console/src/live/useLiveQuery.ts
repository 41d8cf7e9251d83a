/** One answer of the API, asked anew whenever what it shows has changed. */
import { type QueryClient, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { type Failure, failureOf, isAboutKeys } from '../aws/failures';
import { region } from '../session/region';
import { type Changes, connectionNow, onChanges, onConnection } from './changes';

/** How often is asked without the stream, and with it in case it missed something. */
const POLL_MS = 4_000;
const SAFETY_MS = 60_000;
/** Changes within this time make one question. */
const GATHER_MS = 150;

export interface LiveQuery<T> {
  readonly key: readonly unknown[];
  /** Kinds of what is shown (`task`, `service` …): a change of one asks anew. */
  readonly kinds: readonly string[];
  /** Ask only when one of these ARNs (or names in them) changed; else whenever its kind does. */
  readonly arns?: readonly string[];
  readonly ask: (signal: AbortSignal) => Promise<T>;
  readonly enabled?: boolean;
  /** Ask this often besides, for what changes by the clock. */
  readonly everyMs?: number;
}

export function useLiveQuery<T>(query: LiveQuery<T>): UseQueryResult<T, Failure> {
  const connection = useSyncExternalStore(onConnection, connectionNow);
  const interval = connection === 'live' ? SAFETY_MS : POLL_MS;
  return useQuery<T, Failure>({
    queryKey: [region(), ...query.key],
    queryFn: ({ signal }) =>
      query.ask(signal).catch((error: unknown) => Promise.reject(failureOf(error))),
    meta: { kinds: query.kinds, arns: query.arns },
    enabled: query.enabled ?? true,
    refetchInterval: Math.min(interval, query.everyMs ?? interval),
    retry: (count, failure) => failure.code === 'Unreachable' && count < 2 && !isAboutKeys(failure),
    placeholderData: (before) => before,
  });
}

/** Lets changes ask anew; returns what ends it. */
export function refreshByChanges(client: QueryClient): () => void {
  let gathered: Changes = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    const changes = gathered;
    gathered = [];
    void client.invalidateQueries({ predicate: ({ meta }) => concerns(changes, meta) });
  };
  const end = onChanges((changes) => {
    gathered = changes === null || gathered === null ? null : [...gathered, ...changes];
    timer ??= setTimeout(flush, GATHER_MS);
  });
  return () => {
    end();
    clearTimeout(timer);
  };
}

/** Whether what a query shows may be another after these changes. */
export function concerns(changes: Changes, meta: Record<string, unknown> | undefined): boolean {
  if (changes === null) return true;
  const kinds = (meta?.kinds ?? []) as readonly string[];
  const arns = meta?.arns as readonly string[] | undefined;
  return changes.some(
    ({ kind, arn, cluster }) =>
      kinds.includes(kind) && (!arns || arns.some((one) => isOf(one, arn) || isOf(one, cluster))),
  );
}

/** A family's name stands for all of its revisions. */
function isOf(name: string, arn: string | undefined): boolean {
  if (arn === undefined) return false;
  return arn === name || arn.endsWith(`/${name}`) || arn.includes(`:task-definition/${name}:`);
}
