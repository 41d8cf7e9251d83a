import { expect, test } from 'vitest';
import { awsvpcConfiguration, networkProblem, subnetChoice, vpcOf } from './networkChoices';
import { placementMembers, placementProblem, TEMPLATES, templateOf } from './placementTemplates';
import { tagsProblem } from './tagProblems';
import { readTaskDefinition, writeTaskDefinition } from './taskDefinitionNames';

test('a task definition is read from a name, a revision and an ARN', () => {
  expect(readTaskDefinition('web')).toEqual({ family: 'web', revision: '' });
  expect(readTaskDefinition('arn:aws:ecs:r:1:task-definition/web:7')).toEqual({
    family: 'web',
    revision: '7',
  });
  expect(writeTaskDefinition({ family: 'web', revision: '' })).toBe('web');
  expect(writeTaskDefinition({ family: 'web', revision: '7' })).toBe('web:7');
});

test('every template is known again by its rules', () => {
  for (const { id, rules } of TEMPLATES) expect(templateOf(rules)).toBe(id);
  const rules = { placementStrategy: [{ type: 'random' as const }], placementConstraints: [] };
  expect(templateOf(rules)).toBe('custom');
});

test('a rule that ECS would refuse is told in its words', () => {
  const of = (field: string) =>
    placementProblem({
      placementStrategy: [{ type: 'spread', field }],
      placementConstraints: [],
    });
  expect(of('instanceId')).toBeUndefined();
  expect(of('attribute:stack')).toBeUndefined();
  expect(of('memory')).toContain('spread');
  expect(
    placementProblem({ placementStrategy: [], placementConstraints: [{ type: 'memberOf' }] }),
  ).toContain('cluster query language');
});

test('empty placement is not sent', () => {
  expect(placementMembers({ placementStrategy: [], placementConstraints: [] })).toEqual({});
});

test('a network needs subnets and is sent without what was left alone', () => {
  expect(networkProblem({ subnets: [] })).toBe('subnets can not be empty.');
  expect(networkProblem({ subnets: ['subnet-1'] })).toBeUndefined();
  expect(awsvpcConfiguration({ subnets: ['subnet-1'], securityGroups: [] })).toEqual({
    subnets: ['subnet-1'],
  });
});

test('the VPC is that of the chosen subnet, else the default one', () => {
  const networks = {
    vpcs: [{ VpcId: 'vpc-1' }, { VpcId: 'vpc-2', IsDefault: true }],
    subnets: [{ SubnetId: 'subnet-1', VpcId: 'vpc-1' }],
    securityGroups: [],
  };
  expect(vpcOf({ subnets: ['subnet-1'] }, networks)).toBe('vpc-1');
  expect(vpcOf({ subnets: [] }, networks)).toBe('vpc-2');
  expect(vpcOf({ subnets: [] }, { vpcs: [], subnets: [], securityGroups: [] })).toBe('');
});

test('a subnet is shown with its name and zone, and without members that are missing', () => {
  const choice = subnetChoice({
    SubnetId: 'subnet-1',
    AvailabilityZone: 'us-east-1a',
    Tags: [{ Key: 'Name', Value: 'private' }],
  });
  expect(choice.label).toBe('subnet-1 (private)');
  expect(choice.tags).toEqual(['us-east-1a']);
  expect(subnetChoice({}).label).toBe('');
});

test('tags that ECS would refuse are told', () => {
  expect(tagsProblem([{ key: 'stack', value: 'prod' }, { key: 'team' }])).toBeUndefined();
  expect(tagsProblem([{ key: '' }])).toContain('needs a key');
  expect(tagsProblem([{ key: 'a' }, { key: 'a' }])).toContain('Duplicate');
  expect(tagsProblem([{ key: 'aws:x' }])).toContain('reserved');
  expect(tagsProblem([{ key: 'a', value: '<' }])).toContain('characters');
});
