import type { Service } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import {
  deploymentProblems,
  FIRST_DEPLOYMENT,
  readDeployment,
  writeDeployment,
} from './deploymentForm';
import { changesOf, hasProblems, plannedOf, readService, updateProblems } from './updateForm';

const SERVICE: Service = {
  serviceName: 'web',
  taskDefinition: 'arn:aws:ecs:r:1:task-definition/web:1',
  desiredCount: 4,
  healthCheckGracePeriodSeconds: 0,
  availabilityZoneRebalancing: 'ENABLED',
  deploymentConfiguration: {
    strategy: 'ROLLING',
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    bakeTimeInMinutes: 0,
    deploymentCircuitBreaker: {
      enable: false,
      rollback: false,
      thresholdConfiguration: { type: 'COUNT', value: 5 },
    },
  },
};

test('a form that was left as it is sends nothing', () => {
  expect(changesOf(SERVICE, readService(SERVICE))).toEqual({});
  expect(changesOf({}, readService({}))).toEqual({});
});

test('only what was changed is sent', () => {
  const form = { ...readService(SERVICE), taskDefinition: 'web:2', desired: '6' };
  expect(changesOf(SERVICE, form)).toEqual({ taskDefinition: 'web:2', desiredCount: 6 });
  expect(changesOf({ ...SERVICE, schedulingStrategy: 'DAEMON' }, form)).toEqual({
    taskDefinition: 'web:2',
  });
});

test('of the deployment configuration too, and what the form does not show is kept', () => {
  const form = readService(SERVICE);
  const deployment = { ...form.deployment, hasBreaker: true, hasRollback: true };
  expect(changesOf(SERVICE, { ...form, deployment }).deploymentConfiguration).toEqual({
    deploymentCircuitBreaker: {
      enable: true,
      rollback: true,
      thresholdConfiguration: { type: 'COUNT', value: 5 },
    },
  });
});

test('a new strategy is sent with what goes with it', () => {
  const form = readService(SERVICE);
  const deployment = {
    ...form.deployment,
    strategy: 'CANARY' as const,
    shiftPercent: '20',
    pauses: ['PRE_SCALE_UP'],
  };
  const sent = changesOf(SERVICE, { ...form, deployment }).deploymentConfiguration;
  expect(sent?.canaryConfiguration).toEqual({ canaryPercent: 20, canaryBakeTimeInMinutes: 6 });
  expect(sent?.bakeTimeInMinutes).toBe(0);
  expect(sent?.lifecycleHooks).toEqual([
    { targetType: 'PAUSE', lifecycleStages: ['PRE_SCALE_UP'] },
  ]);
});

test('placement that is taken away is sent as an empty list', () => {
  const service: Service = { ...SERVICE, placementConstraints: [{ type: 'distinctInstance' }] };
  const form = readService(service);
  const placement = { ...form.placement, placementConstraints: [] };
  expect(changesOf(service, { ...form, placement })).toEqual({ placementConstraints: [] });
});

test('what a form reads it writes again', () => {
  const configuration = {
    strategy: 'LINEAR' as const,
    minimumHealthyPercent: 50,
    maximumPercent: 150,
    bakeTimeInMinutes: 3,
    linearConfiguration: { stepPercent: 25, stepBakeTimeInMinutes: 2 },
    deploymentCircuitBreaker: { enable: true, rollback: false },
    lifecycleHooks: [{ targetType: 'PAUSE' as const, lifecycleStages: ['POST_SCALE_UP' as const] }],
  };
  expect(writeDeployment(readDeployment(configuration), configuration)).toEqual(configuration);
});

test('percentages are refused in the words of ECS', () => {
  const problems = (part: object) => deploymentProblems({ ...FIRST_DEPLOYMENT, ...part });
  expect(problems({})).toEqual({});
  expect(problems({ maximum: '100' }).maximum).toContain('as this will block deployments');
  expect(problems({ minimum: '101' }).minimum).toContain('between 0 and 100');
  expect(problems({ minimum: '' }).minimum).toContain('not empty');
  expect(problems({ strategy: 'LINEAR', shiftPercent: '2' }).shiftPercent).toContain('between 3');
  expect(deploymentProblems(FIRST_DEPLOYMENT, true).maximum).toContain('daemon');
});

test('awsvpc tasks need subnets, others none', () => {
  const form = readService(SERVICE);
  expect(updateProblems(form, 'awsvpc', false).network).toBe('subnets can not be empty.');
  expect(hasProblems(updateProblems(form, 'bridge', false))).toBe(false);
  expect(hasProblems(updateProblems({ ...form, desired: '-1' }, 'bridge', false))).toBe(true);
});

test('a plan is asked for what it can rehearse', () => {
  const changes = {
    desiredCount: 2,
    deploymentConfiguration: {
      strategy: 'CANARY' as const,
      canaryConfiguration: { canaryPercent: 5 },
    },
  };
  expect(plannedOf('default', 'web', changes)).toEqual({
    cluster: 'default',
    service: 'web',
    desiredCount: 2,
    deploymentConfiguration: { strategy: 'CANARY' },
  });
});
