import { afterEach, expect, test } from 'vitest';
import { setHome, setRegion } from '../session/region';
import { commandLine } from './commandLine';

afterEach(() => {
  setHome('');
  setRegion('');
});

test('a call is typed as the AWS CLI types it', () => {
  const input = { cluster: 'default', containerInstance: 'arn:aws:ecs:r:1:x/y', force: true };
  expect(commandLine({ service: 'ecs', operation: 'DeregisterContainerInstance', input })).toBe(
    'aws ecs deregister-container-instance \\\n  --cluster default \\\n  --container-instance arn:aws:ecs:r:1:x/y \\\n  --force',
  );
});

test('lists of words are words, structures are JSON in quotes', () => {
  const input = { tasks: ['a', 'b c'], overrides: { cpu: "it's" }, enableECSManagedTags: false };
  expect(commandLine({ service: 'ecs', operation: 'RunTask', input })).toBe(
    `aws ecs run-task \\\n  --tasks a 'b c' \\\n  --overrides '{"cpu":"it'\\''s"}' \\\n  --no-enable-ecs-managed-tags`,
  );
});

test("ELB's members begin with a capital and still make options", () => {
  const input = { TargetGroupArns: ['a'], VpcId: undefined };
  expect(commandLine({ service: 'elbv2', operation: 'DescribeTargetGroups', input })).toBe(
    'aws elbv2 describe-target-groups \\\n  --target-group-arns a',
  );
});

test('execute-command is turned off by an option of its own', () => {
  const input = { service: 'web', enableExecuteCommand: false };
  expect(commandLine({ service: 'ecs', operation: 'UpdateService', input })).toBe(
    'aws ecs update-service \\\n  --service web \\\n  --disable-execute-command',
  );
});

test.each(['-late', '--force', 'https://tickets/7', 'http://a', 'file:///etc/passwd', 'fileb://a'])(
  'the AWS CLI reads %s as it is written',
  (reason) => {
    const input = { cluster: undefined, task: 'a', reason };
    expect(commandLine({ service: 'ecs', operation: 'StopTask', input })).toBe(
      `aws ecs stop-task \\\n  --cli-input-json '{"task":"a","reason":"${reason}"}'`,
    );
  },
);

test('so it does the words of a list', () => {
  const input = { resourceArn: 'a', tagKeys: ['stack', '-late'] };
  expect(commandLine({ service: 'ecs', operation: 'UntagResource', input })).toBe(
    `aws ecs untag-resource \\\n  --cli-input-json '{"resourceArn":"a","tagKeys":["stack","-late"]}'`,
  );
});

test('what is only like an address is a word', () => {
  const input = { task: 'a', reason: 'see https://tickets/7\nit\'s "broken" $HOME' };
  expect(commandLine({ service: 'ecs', operation: 'StopTask', input })).toBe(
    `aws ecs stop-task \\\n  --task a \\\n  --reason 'see https://tickets/7\nit'\\''s "broken" $HOME'`,
  );
});

test("a Region is named when it is not the server's, which a shell has", () => {
  setHome('us-east-1');
  setRegion('us-east-1');
  const list = { service: 'ecs', operation: 'ListClusters', input: {} } as const;
  expect(commandLine(list)).toBe('aws ecs list-clusters');
  setRegion('eu-west-1');
  expect(commandLine(list)).toBe('aws ecs list-clusters \\\n  --region eu-west-1');
});
