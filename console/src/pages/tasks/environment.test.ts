import { expect, test } from 'vitest';
import { environmentsOf, overrideRows } from './environment';

const DEFINITION = {
  containerDefinitions: [
    {
      name: 'web',
      environment: [
        { name: 'MODE', value: 'live' },
        { name: 'PORT', value: '80' },
      ],
      environmentFiles: [{ value: 'arn:a', type: 's3' as const }],
      secrets: [{ name: 'KEY', valueFrom: 'arn:secret' }],
    },
  ],
};

test('an override replaces a variable in its place and adds others', () => {
  const overrides = {
    containerOverrides: [
      {
        name: 'web',
        environment: [
          { name: 'MODE', value: 'test' },
          { name: 'NEW', value: '' },
        ],
      },
    ],
  };
  expect(environmentsOf(DEFINITION, { overrides })).toEqual([
    {
      container: 'web',
      variables: [
        { name: 'MODE', value: 'test', from: 'override' },
        { name: 'PORT', value: '80', from: 'task definition' },
        { name: 'NEW', value: '', from: 'override' },
      ],
      files: ['arn:a'],
      secrets: [{ name: 'KEY', valueFrom: 'arn:secret' }],
    },
  ]);
});

test('without the definition the overrides are told, without either nothing', () => {
  const overrides = {
    containerOverrides: [{ name: 'gone', environment: [{ name: 'A', value: 'b' }] }],
  };
  expect(environmentsOf(undefined, { overrides }).map(({ container }) => container)).toEqual([
    'gone',
  ]);
  expect(environmentsOf(undefined, {})).toEqual([]);
});

test('overrides are told but for variables, whose values may be secret', () => {
  const overrides = {
    cpu: '256',
    inferenceAcceleratorOverrides: [],
    containerOverrides: [
      {
        name: 'web',
        command: ['sh', '-c', 'exit 3'],
        memory: 64,
        environment: [{ name: 'PASSWORD', value: 'x' }],
      },
      { name: 'side' },
    ],
  };
  expect(overrideRows({ overrides })).toEqual([
    { of: 'the task', member: 'cpu', value: '256' },
    { of: 'web', member: 'command', value: "sh -c 'exit 3'" },
    { of: 'web', member: 'memory', value: '64' },
  ]);
  expect(overrideRows({})).toEqual([]);
});
