import { expect, test } from 'vitest';
import { healthByTask, holdersOf } from './targetTasks';

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

const bridged = (taskArn: string, lastStatus: string) => ({
  taskArn,
  lastStatus,
  containerInstanceArn: 'ci',
  containers: [{ networkBindings: [{ hostPort: 32768 }] }],
});

test('an address is held by the task whose interface has it', () => {
  const task = {
    taskArn: 't',
    containers: [{ networkInterfaces: [{ privateIpv4Address: '10.0.0.9' }] }],
  };
  expect(holdersOf([task], []).get('10.0.0.9')?.taskArn).toBe('t');
});

test('a host port is held by the task that still runs, whichever is told first', () => {
  const [old, young] = [bridged('old', 'STOPPED'), bridged('young', 'RUNNING')];
  expect(holdersOf([old, young], instances).get('i-1:32768')?.taskArn).toBe('young');
  expect(holdersOf([young, old], instances).get('i-1:32768')?.taskArn).toBe('young');
});

test('tasks that tell nothing of their network hold nothing', () => {
  expect(holdersOf([{}, { containers: [{}] }], instances).size).toBe(0);
});
