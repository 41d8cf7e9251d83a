import type { Task } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { lossOf, lossWords, mayRunOn } from './orphans';
import { timelineOf } from './taskTimeline';

const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1_000);
const RECORDED: Task = {
  lastStatus: 'STOPPED',
  desiredStatus: 'STOPPED',
  connectivity: 'DISCONNECTED',
  createdAt: at(0),
  startedAt: at(2),
  stoppingAt: at(60),
  stoppedAt: at(60),
};
const ORPHAN = {
  ...RECORDED,
  stoppedReason: 'Container instance deregistration forced by user',
};
const said = (task: Task) => lossWords(task)?.lines.join(' ') ?? '';

test('an orphan runs on; its record and its words are told apart', () => {
  expect(lossOf(ORPHAN)).toBe('orphaned');
  expect(mayRunOn(ORPHAN)).toBe(true);
  expect(lossWords(ORPHAN)?.heading).toContain('no longer monitored or accounted for');
  expect(said(ORPHAN)).toContain('remain running on the machine until the instance is terminated');
});

test('an orphan is known by its reason also where its connectivity is not told', () => {
  expect(lossOf({ ...ORPHAN, connectivity: undefined })).toBe('orphaned');
});

test('a copy is started of a service’s orphan only', () => {
  expect(said({ ...ORPHAN, group: 'service:web' })).toContain(
    'service web, whose scheduler starts another copy on a different container instance',
  );
  expect(said({ ...ORPHAN, group: 'family:web' })).not.toContain('another copy');
});

test('an orphan with an interface of its own loses it', () => {
  const withStatus = (status: string) =>
    said({ ...ORPHAN, attachments: [{ type: 'ElasticNetworkInterface', status }] });
  expect(withStatus('DELETED')).toContain('has no network');
  expect(withStatus('ATTACHED')).toContain('is deleted once');
  expect(said({ ...ORPHAN, attachments: [{ type: 'other' }] })).not.toContain('interface');
});

test('a task that was given up may run on; one whose machine ended does not', () => {
  const host = 'Host EC2 (instance i-0123)';
  const silent = { ...RECORDED, stoppedReason: `${host} was not heard for 120 seconds.` };
  expect(lossOf(silent)).toBe('given up');
  expect(said(silent)).toContain('it is told to end them');
  for (const state of ['stopped', 'terminated']) {
    const ended = { ...RECORDED, stoppedReason: `${host} ${state}.` };
    expect(lossOf(ended)).toBe('ended with its machine');
    expect(mayRunOn(ended)).toBe(false);
    expect(lossWords(ended)).toBeUndefined();
  }
});

test('one that was to stop already keeps its reason, and its end was not reported', () => {
  const asked = { ...RECORDED, stopCode: 'UserInitiated' as const, stoppedReason: 'too old' };
  expect(lossOf(asked)).toBe('lost while it stopped');
  expect(said(asked)).toContain('may run on');
});

test('tasks whose end was reported, or that have not stopped, are not lost', () => {
  expect(lossOf({ ...RECORDED, connectivity: 'CONNECTED' })).toBeUndefined();
  expect(lossOf({ ...RECORDED, lastStatus: 'RUNNING' })).toBeUndefined();
  expect(lossOf({})).toBeUndefined();
});

test('nobody knows how long it took to stop what was not stopped', () => {
  expect(timelineOf(ORPHAN, at(100).getTime()).stopSeconds).toBeUndefined();
  const reported = { ...RECORDED, connectivity: 'CONNECTED' as const, stoppingAt: at(55) };
  expect(timelineOf(reported, at(100).getTime()).stopSeconds).toBe(5);
});
