import { expect, test } from 'vitest';
import {
  failureRows,
  NO_OVERRIDE,
  newRun,
  placementQuestion,
  runProblems,
  runRequest,
} from './runForm';

const DEFINITION = { networkMode: 'bridge' as const, containerDefinitions: [{ name: 'web' }] };

test('what was left alone is not sent', () => {
  expect(runRequest('default', newRun('web:3'), DEFINITION)).toEqual({
    cluster: 'default',
    taskDefinition: 'web:3',
    count: 1,
  });
});

test('overrides are sent for containers that the definition has', () => {
  const override = {
    ...NO_OVERRIDE,
    command: "sh -c 'exit 3'",
    cpu: '128',
    environment: [
      { name: 'MODE', value: '' },
      { name: ' ', value: 'nothing' },
    ],
  };
  const form = { ...newRun('web'), overrides: { web: override, gone: override } };
  expect(runRequest('default', form, DEFINITION).overrides).toEqual({
    containerOverrides: [
      {
        name: 'web',
        command: ['sh', '-c', 'exit 3'],
        cpu: 128,
        environment: [{ name: 'MODE', value: '' }],
      },
    ],
  });
  expect(
    runRequest('default', { ...form, overrides: { web: NO_OVERRIDE } }, DEFINITION),
  ).not.toHaveProperty('overrides');
});

test('only awsvpc tasks are sent a network', () => {
  const form = { ...newRun('web'), network: { subnets: ['subnet-1'] } };
  expect(runRequest('c', form, DEFINITION).networkConfiguration).toBeUndefined();
  const awsvpc = { ...DEFINITION, networkMode: 'awsvpc' as const };
  expect(runRequest('c', form, awsvpc).networkConfiguration).toEqual({
    awsvpcConfiguration: { subnets: ['subnet-1'] },
  });
  expect(runProblems(newRun('web'), awsvpc).network).toBe('subnets can not be empty.');
  expect(placementQuestion('c', newRun('web'), 'awsvpc')).not.toHaveProperty(
    'networkConfiguration',
  );
});

test('what ECS would refuse is told by field', () => {
  const wrong = (part: object) => runProblems({ ...newRun('web'), ...part }, DEFINITION);
  expect(Object.values(wrong({})).filter(Boolean)).toEqual([]);
  expect(wrong({ count: '11' }).count).toContain('1 to 10');
  expect(wrong({ count: '' }).count).toContain('not none');
  expect(wrong({ count: '1.5' }).count).toBeDefined();
  expect(wrong({ group: 'service:web' }).group).toBeDefined();
  expect(wrong({ startedBy: 'x'.repeat(129) }).startedBy).toBeDefined();
  const size = (part: object) => wrong({ overrides: { web: { ...NO_OVERRIDE, ...part } } });
  expect(size({ memory: '5' }).overrides).toContain('6 or more');
  expect(size({ memory: '64', memoryReservation: '128' }).overrides).toContain('more than');
  expect(size({ cpu: '-1' }).overrides).toContain('CPU units');
  expect(size({ memory: '64', memoryReservation: '32' }).overrides).toBeUndefined();
});

test('failures with one reason are one row, and unknown reasons are told as they are', () => {
  expect(
    failureRows([
      { arn: 'a', reason: 'RESOURCE:MEMORY' },
      { arn: 'b', reason: 'RESOURCE:MEMORY' },
      { reason: 'COSMIC', detail: 'rays' },
      {},
    ]),
  ).toEqual([
    {
      reason: 'RESOURCE:MEMORY',
      means: 'Not enough memory is left on it.',
      arns: ['a', 'b'],
    },
    { reason: 'COSMIC', means: 'rays', arns: [] },
    { reason: 'no reason given', means: 'ECS says no more.', arns: [] },
  ]);
});
