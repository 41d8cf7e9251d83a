/** Many revisions, one call or a few: what became of each. */

import type { Call } from '../../../aws/call';
import * as ecs from '../../../aws/ecs';
import { type Failure, failureOf } from '../../../aws/failures';

/** Undefined: it went well. */
export type Outcome = Failure | undefined;

/** A call, and the revisions that it is about. */
export interface Batch {
  readonly arns: readonly string[];
  readonly call: Call<unknown>;
  /** The outcome of each of its revisions, when the call itself was answered. */
  readonly outcomesOf: (answer: unknown) => ReadonlyMap<string, Failure>;
}

const NONE_FAILED: ReadonlyMap<string, Failure> = new Map();
const DELETED_AT_ONCE_MAX = 10;

/** DeregisterTaskDefinition takes one revision a call. */
export function deregistrations(arns: readonly string[]): Batch[] {
  return arns.map((taskDefinition) => ({
    arns: [taskDefinition],
    call: ecs.deregisterTaskDefinition({ taskDefinition }),
    outcomesOf: () => NONE_FAILED,
  }));
}

/** DeleteTaskDefinitions takes up to 10, and tells what failed in its answer. */
export function deletions(arns: readonly string[]): Batch[] {
  const batches: Batch[] = [];
  for (let from = 0; from < arns.length; from += DELETED_AT_ONCE_MAX) {
    const taskDefinitions = arns.slice(from, from + DELETED_AT_ONCE_MAX);
    batches.push({
      arns: taskDefinitions,
      call: ecs.deleteTaskDefinitions({ taskDefinitions }),
      outcomesOf: (answer) => failuresIn(answer as DeletionAnswer, taskDefinitions),
    });
  }
  return batches;
}

interface DeletionAnswer {
  failures?: { arn?: string; reason?: string; detail?: string }[];
}

export function failuresIn(
  { failures = [] }: DeletionAnswer,
  asked: readonly string[],
): Map<string, Failure> {
  const found = new Map<string, Failure>();
  for (const { arn = '', reason, detail } of failures) {
    const meant = asked.find((one) => one === arn || one.endsWith(`/${arn}`)) ?? arn;
    const message = [reason, detail].filter(Boolean).join(' ') || 'ECS gave no reason.';
    found.set(meant, { code: 'Failure', message });
  }
  return found;
}

/** So many calls are under way at a time. */
const SENT_AT_ONCE = 4;

/** Sends all of them; tells of each revision as soon as its outcome is known. */
export async function sendAll(
  batches: readonly Batch[],
  tell: (arn: string, outcome: Outcome) => void,
): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const waiting = [...batches];
  const sendNext = async (): Promise<void> => {
    for (let batch = waiting.shift(); batch; batch = waiting.shift()) {
      const failed = await failuresOf(batch);
      for (const arn of batch.arns) {
        outcomes.set(arn, failed.get(arn));
        tell(arn, failed.get(arn));
      }
    }
  };
  await Promise.all(Array.from({ length: SENT_AT_ONCE }, sendNext));
  return outcomes;
}

async function failuresOf({
  arns,
  call,
  outcomesOf,
}: Batch): Promise<ReadonlyMap<string, Failure>> {
  try {
    return outcomesOf(await call.send());
  } catch (error) {
    const failure = failureOf(error);
    return new Map(arns.map((arn) => [arn, failure]));
  }
}
