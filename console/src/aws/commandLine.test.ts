import { expect, test } from 'vitest';
import { commandLine } from './commandLine';

test('a call is typed as the AWS CLI types it', () => {
  const input = { cluster: 'default', containerInstance: 'arn:aws:ecs:r:1:x/y', force: true };
  expect(commandLine({ service: 'ecs', operation: 'DeregisterContainerInstance', input })).toBe(
    'aws ecs deregister-container-instance \\\n  --cluster default \\\n  --container-instance arn:aws:ecs:r:1:x/y \\\n  --force',
  );
});

test('lists of words are words, structures are JSON in quotes', () => {
  const input = { tasks: ['a', 'b c'], overrides: { cpu: "it's" }, enableExecuteCommand: false };
  expect(commandLine({ service: 'ecs', operation: 'RunTask', input })).toBe(
    `aws ecs run-task \\\n  --tasks a 'b c' \\\n  --overrides '{"cpu":"it'\\''s"}' \\\n  --no-enable-execute-command`,
  );
});

test("ELB's members begin with a capital and still make options", () => {
  const input = { TargetGroupArns: ['a'], VpcId: undefined };
  expect(commandLine({ service: 'elbv2', operation: 'DescribeTargetGroups', input })).toBe(
    'aws elbv2 describe-target-groups \\\n  --target-group-arns a',
  );
});
