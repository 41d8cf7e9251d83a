import { expect, test } from 'vitest';
import { holdersOf } from './holders';

const instances = [{ containerInstanceArn: 'ci', ec2InstanceId: 'i-1' }];
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
