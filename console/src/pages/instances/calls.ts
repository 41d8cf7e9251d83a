/** Calls that change container instances, as many as an action on several of them takes. */
import type { UpdateContainerInstancesStateResponse } from '@aws-sdk/client-ecs';
import { nameOf } from '../../aws/arns';
import type { Call } from '../../aws/call';
import * as ecs from '../../aws/ecs';
import type { Failure } from '../../aws/failures';

/** UpdateContainerInstancesState takes no more at once. */
export const UPDATED_MAX = 10;

/** DRAINING or ACTIVE for all of them. What ECS could not change is a failure of the call. */
export function stateCalls(
  cluster: string,
  ids: readonly string[],
  status: 'ACTIVE' | 'DRAINING',
): Call<UpdateContainerInstancesStateResponse>[] {
  const calls = [];
  for (let from = 0; from < ids.length; from += UPDATED_MAX) {
    const containerInstances = ids.slice(from, from + UPDATED_MAX);
    const call = ecs.updateContainerInstancesState({ cluster, containerInstances, status });
    calls.push({ ...call, send: async (signal?: AbortSignal) => refused(await call.send(signal)) });
  }
  return calls;
}

export function deregisterCalls(cluster: string, ids: readonly string[], isForced: boolean) {
  return ids.map((containerInstance) =>
    ecs.deregisterContainerInstance({
      cluster,
      containerInstance,
      ...(isForced ? { force: true } : {}),
    }),
  );
}

/** The answer, unless it tells of instances that stayed as they were: ECS answers 200 all the same. */
export function refused<T extends Pick<UpdateContainerInstancesStateResponse, 'failures'>>(
  answer: T,
): T {
  const failures = answer.failures ?? [];
  if (!failures.length) return answer;
  const failure: Failure = {
    code: failures[0]?.reason ?? 'FAILED',
    message: failures
      .map(({ arn, reason, detail }) => `${nameOf(arn)} stays as it is: ${detail ?? reason}.`)
      .join(' '),
  };
  throw failure;
}
