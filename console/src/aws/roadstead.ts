/** Roadstead's own API: plans, explanations and progress. Shapes follow control/service-2.json. */

import type { Session } from '../session/session';
import type { Call } from './call';
import { ANSWER_MS_MAX } from './clients';
import type {
  DescribeControlPlaneRequest,
  DescribeControlPlaneResponse,
  DescribeProgressRequest,
  DescribeProgressResponse,
  ExplainPlacementRequest,
  ExplainPlacementResponse,
  ExplainServiceRequest,
  ExplainServiceResponse,
  ExplainTaskRequest,
  ExplainTaskResponse,
} from './explanationShapes';
import type { PlanChangeRequest, PlanChangeResponse } from './planShapes';
import { signedFetch } from './signed';

export type * from './explanationShapes';
export type * from './planShapes';

const TARGET = 'Roadstead_20261121';

function roadstead<I extends object, O>(operation: string) {
  return (input: I): Call<O> => ({
    service: 'roadstead',
    operation,
    input,
    send: (signal) => ask<O>(operation, input, signal),
  });
}

async function ask<O>(
  operation: string,
  input: object,
  signal?: AbortSignal,
  keys?: Session,
): Promise<O> {
  const response = await signedFetch({
    method: 'POST',
    path: '/',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `${TARGET}.${operation}`,
    },
    body: JSON.stringify(input),
    keys,
    signal: AbortSignal.any([AbortSignal.timeout(ANSWER_MS_MAX), ...(signal ? [signal] : [])]),
  });
  const answer = (await response.json()) as O & { __type?: string; message?: string };
  if (response.ok) return answer;
  throw {
    code: answer.__type?.split('#').at(-1) ?? `HTTP ${response.status}`,
    message: answer.message ?? 'The server gave no message.',
    requestId: response.headers.get('x-amzn-requestid') ?? undefined,
  };
}

/** Asks the server with keys before they sign anybody in. Rejects with why it refuses them. */
export async function tryKeys(keys: Session): Promise<void> {
  await ask('DescribeControlPlane', {}, undefined, keys);
}

export const planChange = roadstead<PlanChangeRequest, PlanChangeResponse>('PlanChange');
export const explainService = roadstead<ExplainServiceRequest, ExplainServiceResponse>(
  'ExplainService',
);
export const explainTask = roadstead<ExplainTaskRequest, ExplainTaskResponse>('ExplainTask');
export const explainPlacement = roadstead<ExplainPlacementRequest, ExplainPlacementResponse>(
  'ExplainPlacement',
);
export const describeProgress = roadstead<DescribeProgressRequest, DescribeProgressResponse>(
  'DescribeProgress',
);
export const describeControlPlane = roadstead<
  DescribeControlPlaneRequest,
  DescribeControlPlaneResponse
>('DescribeControlPlane');
