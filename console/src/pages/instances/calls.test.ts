import { describe, expect, it } from 'vitest';
import { deregisterCalls, refused, stateCalls } from './calls';

describe('changing the state of several instances', () => {
  it('takes a call for each ten', () => {
    const ids = Array.from({ length: 23 }, (_, index) => `id-${index}`);
    const calls = stateCalls('default', ids, 'DRAINING');
    expect(
      calls.map(
        ({ input }) => (input as { containerInstances: string[] }).containerInstances.length,
      ),
    ).toEqual([10, 10, 3]);
  });

  it('fails when ECS tells of instances that it left as they were', () => {
    const failures = [
      { arn: 'arn:aws:ecs:r:1:container-instance/default/abc', reason: 'INACTIVE' },
    ];
    expect(() => refused({ failures })).toThrow(
      expect.objectContaining({ code: 'INACTIVE', message: 'abc stays as it is: INACTIVE.' }),
    );
    expect(refused({ failures: [] })).toEqual({ failures: [] });
  });
});

it('names force only where it is wanted', () => {
  expect(deregisterCalls('default', ['a'], false)[0]?.input).toEqual({
    cluster: 'default',
    containerInstance: 'a',
  });
  expect(deregisterCalls('default', ['a'], true)[0]?.input).toMatchObject({ force: true });
});
