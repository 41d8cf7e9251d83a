import { describe, expect, it } from 'vitest';
import type { Call } from '../../../aws/call';
import { type Batch, deletions, deregistrations, failuresIn, sendAll } from './batches';
import { neighbourOf, whyNot } from './choices';
import { afterDeregistration } from './consequences';
import { told } from './useBatches';

const arn = (revision: number) =>
  `arn:aws:ecs:us-east-1:123456789012:task-definition/web:${revision}`;
const one = (revision: number, status = 'ACTIVE') => ({
  taskDefinitionArn: arn(revision),
  revision,
  status: status as 'ACTIVE',
});

describe('what can be done with the selected revisions', () => {
  it('is nothing while none is selected', () => {
    expect(whyNot('deregister', [])).toBe('Select a revision first.');
  });

  it('is to deregister ACTIVE ones and to delete INACTIVE ones', () => {
    const both = [one(1), one(2, 'INACTIVE')];
    expect(whyNot('deregister', [one(1)])).toBeUndefined();
    expect(whyNot('deregister', both)).toBe(
      'Only ACTIVE revisions can be deregistered. web:2 is INACTIVE.',
    );
    expect(whyNot('delete', [one(2, 'INACTIVE')])).toBeUndefined();
    expect(whyNot('delete', both)).toMatch(/deregister them first\. web:1 is ACTIVE\.$/);
  });

  it('is to run or create of one ACTIVE revision', () => {
    for (const action of ['run-task', 'create-service', 'update-service'] as const) {
      expect(whyNot(action, [one(1)])).toBeUndefined();
      expect(whyNot(action, [one(1), one(2)])).toBe('Select one revision.');
      expect(whyNot(action, [one(1, 'INACTIVE')])).toMatch(/web:1 is INACTIVE/);
      expect(whyNot(action, [one(1, 'SOMETHING_NEW')])).toMatch(/web:1 is SOMETHING_NEW/);
    }
  });

  it('is to compare one alone with the one before it, or after if it is the first', () => {
    const all = [one(1), one(3, 'INACTIVE'), one(7)];
    expect(neighbourOf(one(7), all)?.revision).toBe(3);
    expect(neighbourOf(one(1), all)?.revision).toBe(3);
    expect(neighbourOf(one(1), [one(1)])).toBeUndefined();
  });

  it('is to compare two, and to go on from one of any status', () => {
    expect(whyNot('compare', [one(1)])).toBe('Comparing takes two revisions.');
    expect(whyNot('compare', [one(1), one(2, 'INACTIVE')])).toBeUndefined();
    expect(whyNot('create-revision', [one(2, 'INACTIVE')])).toBeUndefined();
  });
});

describe('a family after a deregistration', () => {
  it('goes to the INACTIVE list with its last ACTIVE revision', () => {
    const all = [one(1), one(2), one(3, 'INACTIVE')];
    expect(afterDeregistration(all, [one(1), one(2)])).toEqual({
      family: 'web',
      isFamilyInactive: true,
      latest: undefined,
    });
  });

  it('means another revision when the latest one went', () => {
    const all = [one(9), one(10), one(2)];
    expect(afterDeregistration(all, [one(10)])).toEqual({
      family: 'web',
      isFamilyInactive: false,
      latest: 'web:9',
    });
    expect(afterDeregistration(all, [one(2)]).latest).toBeUndefined();
  });
});

describe('calls for many revisions', () => {
  it('deregister one each, and delete up to ten', () => {
    const arns = Array.from({ length: 23 }, (_, at) => arn(at + 1));
    expect(deregistrations(arns).map((batch) => batch.arns.length)).toEqual(Array(23).fill(1));
    expect(deletions(arns).map((batch) => batch.arns.length)).toEqual([10, 10, 3]);
    expect(deletions(arns)[2]?.call.input).toEqual({ taskDefinitions: arns.slice(20) });
  });

  it('say of each what became of it, and go on after a failure', async () => {
    const batch = (revision: number, send: () => Promise<unknown>): Batch => ({
      arns: [arn(revision)],
      call: { service: 'ecs', operation: 'X', input: {}, send } as Call<unknown>,
      outcomesOf: () => new Map(),
    });
    const refused = Object.assign(new Error('No.'), { name: 'ClientException' });
    const told: string[] = [];
    const outcomes = await sendAll(
      [
        batch(1, async () => ({})),
        batch(2, () => Promise.reject(refused)),
        batch(3, async () => ({})),
      ],
      (of, outcome) => told.push(`${of.split('/')[1]} ${outcome?.message ?? 'done'}`),
    );
    expect(told.sort()).toEqual(['web:1 done', 'web:2 No.', 'web:3 done']);
    expect(outcomes.get(arn(2))).toMatchObject({ code: 'ClientException', message: 'No.' });
  });

  it('read the failures of an answer, whatever form ECS names the revision in', () => {
    const found = failuresIn(
      { failures: [{ arn: 'web:2', reason: 'Still ACTIVE.' }, { arn: arn(3) }] },
      [arn(2), arn(3)],
    );
    expect(found.get(arn(2))?.message).toBe('Still ACTIVE.');
    expect(found.get(arn(3))?.message).toBe('ECS gave no reason.');
  });
});

it('is told by name', () => {
  expect(told(['web:1'], 'deregistered', 'So it is.')).toEqual([
    'web:1 is deregistered',
    'So it is.',
  ]);
  expect(told(['web:2', 'web:1'], 'deleted')).toEqual(['2 revisions are deleted', 'web:2, web:1.']);
});
