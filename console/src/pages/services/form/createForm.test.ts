import { expect, test } from 'vitest';
import {
  balancerProblem,
  groupChoices,
  NEW_BALANCER,
  portChoices,
  writeBalancer,
} from './balancerForm';
import { createProblems, createRequest, newService, placementQuestion } from './createForm';
import { hasProblems } from './updateForm';

const FORM = { ...newService('web:2'), name: 'shop', desired: '3' };

test('a service is sent with what was chosen, and nothing that was left alone', () => {
  expect(createRequest('default', FORM, 'bridge')).toEqual({
    cluster: 'default',
    serviceName: 'shop',
    taskDefinition: 'web:2',
    desiredCount: 3,
    deploymentConfiguration: {
      strategy: 'ROLLING',
      minimumHealthyPercent: 100,
      maximumPercent: 200,
      deploymentCircuitBreaker: { enable: true, rollback: true },
    },
  });
});

test('a DAEMON service has no count, no placement strategy and no deployment strategy', () => {
  const placement = {
    placementStrategy: [{ type: 'random' as const }],
    placementConstraints: [{ type: 'memberOf' as const, expression: 'attribute:a == b' }],
  };
  const request = createRequest('default', { ...FORM, scheduling: 'DAEMON', placement }, 'bridge');
  expect(request.desiredCount).toBeUndefined();
  expect(request.placementStrategy).toBeUndefined();
  expect(request.placementConstraints).toHaveLength(1);
  expect(request.deploymentConfiguration?.strategy).toBeUndefined();
});

test('only awsvpc tasks are sent with a network', () => {
  const form = { ...FORM, network: { subnets: ['subnet-1'] } };
  expect(createRequest('default', form, 'bridge').networkConfiguration).toBeUndefined();
  expect(createRequest('default', form, 'awsvpc').networkConfiguration).toEqual({
    awsvpcConfiguration: { subnets: ['subnet-1'] },
  });
  expect(placementQuestion('default', form, 'bridge').networkConfiguration).toBeUndefined();
});

test('what is missing is told by field', () => {
  expect(hasProblems(createProblems(FORM, { networkMode: 'bridge' }))).toBe(false);
  expect(createProblems(newService(''), undefined).taskDefinition).toContain('TaskDefinition');
  expect(createProblems({ ...FORM, name: 'a b' }, undefined).name).toContain('letters');
  expect(createProblems(FORM, { networkMode: 'awsvpc' }).network).toContain('subnets');
  expect(createProblems({ ...FORM, balancers: [NEW_BALANCER] }, undefined).balancers).toContain(
    'target group',
  );
  expect(createProblems({ ...FORM, registryArn: 'x' }, undefined).registry).toContain('Cloud Map');
});

test('target groups of another type are there with the reason why they do not fit', () => {
  const groups = [
    { TargetGroupArn: 'a', TargetGroupName: 'web', TargetType: 'instance' as const },
    { TargetGroupArn: 'b', TargetGroupName: 'own', TargetType: 'ip' as const },
  ];
  const disabled = (mode: string | undefined) =>
    groupChoices(groups, mode).map(({ disabledReason }) => Boolean(disabledReason));
  expect(disabled('bridge')).toEqual([false, true]);
  expect(disabled(undefined)).toEqual([false, true]);
  expect(disabled('awsvpc')).toEqual([true, false]);
  expect(disabled('none')).toEqual([true, true]);
});

test('the ports of a definition are offered', () => {
  const containerDefinitions = [
    { name: 'web', portMappings: [{ containerPort: 80, hostPort: 8080 }, {}] },
    { name: 'side' },
  ];
  expect(portChoices({ containerDefinitions }).map(({ value }) => value)).toEqual(['web:80']);
  expect(portChoices(undefined)).toEqual([]);
});

test('a staged deployment needs two sides and a rule', () => {
  const one = { ...NEW_BALANCER, targetGroupArn: 'a', port: 'web:80' };
  expect(balancerProblem(one, false)).toBeUndefined();
  expect(balancerProblem(one, true)).toContain('non-ROLLING');
  const whole = { ...one, alternateArn: 'b', productionRule: 'rule', roleArn: 'role' };
  expect(balancerProblem(whole, true)).toBeUndefined();
  expect(balancerProblem({ ...whole, alternateArn: 'a' }, true)).toContain('Duplicate');
  expect(writeBalancer(whole, true).advancedConfiguration).toEqual({
    alternateTargetGroupArn: 'b',
    productionListenerRule: 'rule',
    roleArn: 'role',
  });
  expect(writeBalancer(one, false)).toEqual({
    targetGroupArn: 'a',
    containerName: 'web',
    containerPort: 80,
  });
});
