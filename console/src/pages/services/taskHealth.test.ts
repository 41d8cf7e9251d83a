import { expect, test } from 'vitest';
import { targetGroupsOf } from './targetGroups';
import { healthByTask } from './taskHealth';

const instances = [{ containerInstanceArn: 'ci', ec2InstanceId: 'i-1' }];

test('a target of an instance is the task that has its port', () => {
  const task = {
    taskArn: 'a',
    containerInstanceArn: 'ci',
    containers: [{ networkBindings: [{ hostPort: 32768 }] }],
  };
  const other = { ...task, taskArn: 'b', containers: [{ networkBindings: [{ hostPort: 32769 }] }] };
  const target = (Port: number, State: 'healthy' | 'initial') => ({
    Target: { Id: 'i-1', Port },
    TargetHealth: { State },
  });
  const found = healthByTask([task, other], instances, [
    target(32768, 'healthy'),
    target(32769, 'initial'),
  ]);
  expect(found.get('a')).toBe('healthy');
  expect(found.get('b')).toBe('initial');
});

test('a target of an address is the task that has it, as well as its worst target', () => {
  const task = {
    taskArn: 'a',
    containers: [{ networkInterfaces: [{ privateIpv4Address: '10.0.0.1' }] }],
  };
  const target = (State: 'healthy' | 'unhealthy') => ({
    Target: { Id: '10.0.0.1', Port: 80 },
    TargetHealth: { State },
  });
  const found = healthByTask([task], instances, [target('healthy'), target('unhealthy')]);
  expect(found.get('a')).toBe('unhealthy');
  expect(healthByTask([{ taskArn: 'x' }], [], [target('healthy')]).size).toBe(0);
});

test('the target groups of a service are those of both of its sides, each once', () => {
  const entry = {
    targetGroupArn: 'blue',
    advancedConfiguration: {
      alternateTargetGroupArn: 'green',
      productionListenerRule: '',
      roleArn: '',
    },
  };
  expect(targetGroupsOf({ loadBalancers: [entry, { targetGroupArn: 'blue' }] })).toEqual([
    'blue',
    'green',
  ]);
  expect(targetGroupsOf({ loadBalancers: [{ loadBalancerName: 'classic' }] })).toEqual([]);
  expect(targetGroupsOf({})).toEqual([]);
});
