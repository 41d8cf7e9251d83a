import { describe, expect, it } from 'vitest';
import { MASK } from '../../widgets/looksSecret';
import { registrable } from './document';
import { hasSecrets, masked } from './secrets';
import { nameSome, sizeOf } from './summary';
import { usageByRevision, usageInWords } from './usage';

describe('what can be registered of a revision', () => {
  it('is all but what only ECS says, members of tomorrow included', () => {
    const described = {
      taskDefinitionArn: 'arn',
      revision: 3,
      status: 'ACTIVE' as const,
      registeredAt: new Date(0),
      compatibilities: ['EC2' as const],
      volumes: [],
      containerDefinitions: [{ name: 'web', environment: [], essential: true }],
      tomorrow: { is: 'new' },
      family: 'web',
    };
    const document = registrable(described, [{ key: 'a', value: 'b' }]);
    expect(document).toEqual({
      family: 'web',
      containerDefinitions: [{ name: 'web', essential: true }],
      tags: [{ key: 'a', value: 'b' }],
      tomorrow: { is: 'new' },
    });
    expect(Object.keys(document)[0]).toBe('family');
  });
});

describe('what looks secret in a document', () => {
  it('is masked wherever it is', () => {
    const document = {
      containerDefinitions: [
        {
          environment: [{ name: 'TOKEN', value: 'x' }, { name: 'A', value: 'b' }, 3],
          dockerLabels: { password: 'x' },
        },
      ],
    };
    expect(masked(document)).toEqual({
      containerDefinitions: [
        {
          environment: [{ name: 'TOKEN', value: MASK }, { name: 'A', value: 'b' }, 3],
          dockerLabels: { password: MASK },
        },
      ],
    });
    expect([hasSecrets(document), hasSecrets({})]).toEqual([true, false]);
  });
});

describe('who uses a revision', () => {
  it('are services, by any of their deployments, and tasks', () => {
    const usage = usageByRevision(
      [
        {
          serviceArn: 's1',
          taskDefinition: 'web:2',
          deployments: [{ taskDefinition: 'web:2' }, { taskDefinition: 'web:1' }],
        },
        { serviceArn: 's2' },
      ],
      [
        { taskArn: 't1', taskDefinitionArn: 'web:1', group: 'service:web' },
        { taskArn: 't2', taskDefinitionArn: 'web:1', group: 'family:web' },
        { taskArn: 't3' },
      ],
    );
    expect([...usage.keys()]).toEqual(['web:2', 'web:1']);
    const first = usage.get('web:1');
    expect(first && usageInWords(first)).toBe('1 service, 2 tasks');
    expect(first?.standaloneTasks.map(({ taskArn }) => taskArn)).toEqual(['t2']);
  });
});

it('sums up what containers reserve where the task has no size', () => {
  expect(
    sizeOf({
      containerDefinitions: [
        { cpu: 64, memory: 64 },
        { memory: 64, memoryReservation: 32 },
      ],
    }),
  ).toBe('64 units, 96 MiB');
  expect(sizeOf({ cpu: '256', memory: '512', containerDefinitions: [{ cpu: 64 }] })).toBe(
    '256 units, 512 MiB',
  );
  expect(sizeOf({})).toBe('0 units, 0 MiB');
});

it('names a few', () => {
  expect([nameSome(['a', 'b']), nameSome(['a', 'b', 'c'], 2)]).toEqual(['a, b', 'a, b and 1 more']);
});
