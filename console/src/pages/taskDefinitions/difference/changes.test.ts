import { describe, expect, it } from 'vitest';
import { changesBetween } from './changes';

const WEB = {
  name: 'web',
  image: 'demo/web:1',
  environment: [
    { name: 'A', value: '1' },
    { name: 'DB_PASSWORD', value: 'old' },
  ],
  portMappings: [{ containerPort: 80, protocol: 'tcp' }],
};

describe('the difference of two revisions', () => {
  it('is nothing when only the order is another', () => {
    const from = { family: 'web', containerDefinitions: [WEB, { name: 'b', image: 'b' }] };
    const to = {
      containerDefinitions: [
        { image: 'b', name: 'b' },
        { ...WEB, environment: [...WEB.environment].reverse() },
      ],
      family: 'web',
    };
    expect(changesBetween(from, to)).toEqual([]);
  });

  it('names members, containers and variables', () => {
    const next = {
      ...WEB,
      image: 'demo/web:2',
      environment: [
        { name: 'DB_PASSWORD', value: 'new' },
        { name: 'B', value: '2' },
      ],
    };
    expect(
      changesBetween(
        { cpu: '256', containerDefinitions: [WEB] },
        { memory: '512', containerDefinitions: [next, { name: 'log' }] },
      ),
    ).toEqual([
      { kind: 'removed', path: 'cpu', from: '256', namedBy: 'cpu' },
      {
        kind: 'changed',
        path: 'containerDefinitions[web].image',
        from: 'demo/web:1',
        to: 'demo/web:2',
        namedBy: 'image',
      },
      {
        kind: 'removed',
        path: 'containerDefinitions[web].environment[A]',
        from: { name: 'A', value: '1' },
        namedBy: 'A',
      },
      {
        kind: 'changed',
        path: 'containerDefinitions[web].environment[DB_PASSWORD].value',
        from: 'old',
        to: 'new',
        namedBy: 'DB_PASSWORD',
      },
      {
        kind: 'added',
        path: 'containerDefinitions[web].environment[B]',
        to: { name: 'B', value: '2' },
        namedBy: 'B',
      },
      { kind: 'added', path: 'containerDefinitions[log]', to: { name: 'log' }, namedBy: 'log' },
      { kind: 'added', path: 'memory', to: '512', namedBy: 'memory' },
    ]);
  });

  it('takes lists as a whole whose items nothing tells apart', () => {
    expect(
      changesBetween(
        {
          containerDefinitions: [
            { name: 'web', command: ['a', 'b'], environment: [{ name: 'A' }, { name: 'A' }] },
          ],
        },
        {
          containerDefinitions: [
            { name: 'web', command: ['b', 'a'], environment: [{ name: 'A' }] },
          ],
        },
      ).map(({ kind, path }) => `${kind} ${path}`),
    ).toEqual([
      'changed containerDefinitions[web].command',
      'changed containerDefinitions[web].environment',
    ]);
  });

  it('does not break on what it does not know', () => {
    expect(
      changesBetween(
        { containerDefinitions: 3, new: null },
        { containerDefinitions: [null], new: {} },
      ),
    ).toHaveLength(2);
  });
});
