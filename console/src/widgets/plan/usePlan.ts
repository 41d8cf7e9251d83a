/** What a change would do (PlanChange), asked anew as the state it depends on changes. */
import { useEffect } from 'react';
import type { Failure } from '../../aws/failures';
import {
  type PlanChangeRequest,
  type PlanChangeResponse,
  type PlannedRequest,
  planChange,
} from '../../aws/roadstead';
import { type Changes, onChanges } from '../../live/changes';
import { useLiveQuery } from '../../live/useLiveQuery';

export type PlannedOperation = PlanChangeRequest['operation'];

/** A plan is a rehearsal and costs the server time: while much goes on, one in this time is enough. */
const ASKED_EVERY_MS_MIN = 1_000;

const DECISIVE = new Set(['task', 'service', 'container-instance', 'service-deployment']);

export interface Planned {
  /** The newest plan; stays while it is asked anew. */
  readonly plan: PlanChangeResponse | undefined;
  readonly isPending: boolean;
  readonly failure: Failure | undefined;
  retry(): void;
}

/** `request` undefined: nothing is asked yet. */
export function usePlan(
  operation: PlannedOperation,
  request: PlannedRequest | undefined,
  { isEnabled = true } = {},
): Planned {
  const enabled = isEnabled && request !== undefined;
  const { data, error, isPending, isPlaceholderData, refetch } = useLiveQuery({
    key: ['plan', operation, request],
    kinds: [],
    enabled,
    ask: (signal) => planChange({ operation, request: request ?? {} }).send(signal),
  });
  useEffect(() => {
    if (!enabled) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = onChanges((changes) => {
      if (!mayMatter(changes)) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        void refetch();
      }, ASKED_EVERY_MS_MIN);
    });
    return () => {
      end();
      clearTimeout(timer);
    };
  }, [enabled, refetch]);
  // The plan of another request is no answer to this one.
  const plan = isPlaceholderData ? undefined : data;
  return {
    plan,
    isPending: enabled && !error && (isPending || isPlaceholderData),
    failure: error ?? undefined,
    retry: () => void refetch(),
  };
}

function mayMatter(changes: Changes): boolean {
  return changes === null || changes.some(({ kind }) => DECISIVE.has(kind));
}
