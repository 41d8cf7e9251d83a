import { expect, test } from 'vitest';
import { formerRevisions } from './actions/formerRevisions';
import {
  breakerWords,
  endedBadly,
  hooksWaiting,
  isUnderWay,
  shiftOf,
  stagesOf,
} from './serviceDeployments';

test('a deployment is under way until it has ended', () => {
  expect(isUnderWay('IN_PROGRESS')).toBe(true);
  expect(isUnderWay('ROLLBACK_IN_PROGRESS')).toBe(true);
  expect(isUnderWay('SUCCESSFUL')).toBe(false);
  expect(isUnderWay(undefined)).toBe(false);
});

test('stages before the current one are done', () => {
  const stages = stagesOf({
    deploymentConfiguration: { strategy: 'BLUE_GREEN' },
    lifecycleStage: 'POST_SCALE_UP',
    status: 'IN_PROGRESS',
  });
  expect(stages.slice(0, 4).map(({ name, state }) => `${name} ${state}`)).toEqual([
    'PRE_SCALE_UP done',
    'SCALE_UP done',
    'POST_SCALE_UP now',
    'TEST_TRAFFIC_SHIFT to come',
  ]);
});

test('a rolling deployment has no stages, and a stage that is not known is shown', () => {
  expect(stagesOf({ deploymentConfiguration: { strategy: 'ROLLING' } })).toEqual([]);
  const stages = stagesOf({ lifecycleStage: 'A_NEW_STAGE' as never });
  expect(stages.at(-1)).toEqual({ name: 'A_NEW_STAGE', state: 'now' });
});

test('traffic weights are told where there are some', () => {
  expect(shiftOf({ targetServiceRevision: { requestedProductionTrafficWeight: 10 } })).toEqual({
    production: 10,
    test: undefined,
  });
  expect(shiftOf({}).production).toBeUndefined();
});

test('a hook waits only as long as its deployment goes on', () => {
  const lifecycleHookDetails = [
    { hookId: 'a', status: 'AWAITING_ACTION' as const },
    { hookId: 'b' },
  ];
  expect(hooksWaiting({ status: 'IN_PROGRESS', lifecycleHookDetails })).toHaveLength(1);
  expect(hooksWaiting({ status: 'STOPPED', lifecycleHookDetails })).toHaveLength(0);
});

test('the circuit breaker tells how near it is', () => {
  const breaker = { status: 'MONITORING' as const, failureCount: 1, threshold: 3 };
  expect(breakerWords({ deploymentCircuitBreaker: breaker })).toBe('MONITORING, 1 of 3 failures');
  expect(breakerWords({})).toBeUndefined();
});

test('one can roll back to what was completed before, the newest first, not to what is current', () => {
  const definition = (revision: number) => ({
    taskDefinition: `arn:aws:ecs:r:1:task-definition/web:${revision}`,
  });
  const revisions = new Map([
    ['r1', definition(1)],
    ['r2', definition(2)],
    ['r3', definition(3)],
  ]);
  const deployments = [
    {
      status: 'ROLLBACK_SUCCESSFUL' as const,
      targetServiceRevision: { arn: 'r3' },
      rollback: { serviceRevisionArn: 'r2' },
    },
    { status: 'STOPPED' as const, targetServiceRevision: { arn: 'r3' } },
    { status: 'SUCCESSFUL' as const, targetServiceRevision: { arn: 'r2' } },
    { status: 'SUCCESSFUL' as const, targetServiceRevision: { arn: 'r1' } },
    { status: 'SUCCESSFUL' as const, targetServiceRevision: { arn: 'gone' } },
  ];
  const all = { deployments, revisions, hasMore: false };
  expect(formerRevisions(all, definition(3).taskDefinition)).toEqual(['web:2', 'web:1']);
  expect(formerRevisions(all, 'web:2')).toEqual(['web:1']);
});

test('a deployment that was taken back ended badly, one that was superseded did not', () => {
  expect(endedBadly({ status: 'ROLLBACK_SUCCESSFUL' })).toBe(true);
  expect(endedBadly({ status: 'STOPPED', statusReason: 'circuit breaker' })).toBe(true);
  expect(endedBadly({ status: 'STOPPED' })).toBe(false);
  expect(endedBadly({ status: 'SUCCESSFUL' })).toBe(false);
});
