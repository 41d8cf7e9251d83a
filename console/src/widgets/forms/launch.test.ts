import { expect, test } from 'vitest';
import { canBeAsked, launchProblems, networkMembers, placementQuestion } from './launch';
import { NO_NETWORK } from './networkChoices';
import { NO_RULES } from './placementTemplates';

const LAUNCH = { taskDefinition: 'web', network: NO_NETWORK, placement: NO_RULES };
const OWN = { ...LAUNCH, network: { subnets: ['subnet-1'] } };

test('only awsvpc tasks are sent with a network', () => {
  expect(networkMembers(OWN.network, 'bridge')).toEqual({});
  expect(networkMembers(OWN.network, undefined)).toEqual({});
  expect(networkMembers(OWN.network, 'awsvpc')).toEqual({
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
  });
});

test('what is missing is told by field', () => {
  expect(launchProblems(LAUNCH, { networkMode: 'bridge' })).toEqual({});
  expect(launchProblems(LAUNCH, { networkMode: 'awsvpc' }).network).toContain('subnets');
  expect(launchProblems({ ...LAUNCH, taskDefinition: '' }, undefined).taskDefinition).toContain(
    'TaskDefinition',
  );
  const placement = { ...NO_RULES, placementConstraints: [{ type: 'memberOf' as const }] };
  expect(launchProblems({ ...LAUNCH, placement }, undefined).placement).toContain('expression');
});

test('placement is asked of what is written, once it is enough', () => {
  expect(placementQuestion('c', LAUNCH, 'awsvpc')).toEqual({
    cluster: 'c',
    taskDefinition: 'web',
    launchType: 'EC2',
  });
  const isAsked = (launch: typeof LAUNCH, networkMode: 'awsvpc' | 'bridge') =>
    canBeAsked(placementQuestion('c', launch, networkMode), { networkMode });
  expect(isAsked(LAUNCH, 'bridge')).toBe(true);
  expect(isAsked(LAUNCH, 'awsvpc')).toBe(false);
  expect(isAsked({ ...LAUNCH, network: { subnets: ['subnet-1'] } }, 'awsvpc')).toBe(true);
  expect(isAsked({ ...LAUNCH, taskDefinition: '' }, 'bridge')).toBe(false);
  expect(canBeAsked(placementQuestion('c', LAUNCH, undefined), undefined)).toBe(false);
});
