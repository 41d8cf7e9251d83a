import type { Task } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import {
  disconnectedInstances,
  failuresApart,
  failuresOf,
  failuresUntold,
  splitAtTasks,
  unsteadyServices,
} from './attention';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const failed = (more: Task): Task => ({
  group: 'service:web',
  lastStatus: 'STOPPED',
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  containers: [{ name: 'web', exitCode: 1 }],
  stoppedAt: new Date(NOW - 60_000),
  ...more,
});

describe('services that are not steady', () => {
  const steady = {
    status: 'ACTIVE',
    desiredCount: 2,
    runningCount: 2,
    deployments: [{ rolloutState: 'COMPLETED' as const }],
  };
  it('lack tasks, start some, or roll out', () => {
    expect(unsteadyServices([steady])).toEqual([]);
    expect(unsteadyServices([{ ...steady, runningCount: 1 }])).toHaveLength(1);
    expect(unsteadyServices([{ ...steady, pendingCount: 1 }])).toHaveLength(1);
    expect(
      unsteadyServices([{ ...steady, deployments: [{ rolloutState: 'IN_PROGRESS' }] }]),
    ).toHaveLength(1);
  });

  it('are ACTIVE ones, also when they tell next to nothing', () => {
    expect(unsteadyServices([{ ...steady, status: 'DRAINING', runningCount: 0 }])).toEqual([]);
    expect(unsteadyServices([{ status: 'ACTIVE' }])).toEqual([]);
  });
});

it('finds instances whose agent is not connected, but not those that are gone', () => {
  const found = disconnectedInstances([
    { status: 'ACTIVE', agentConnected: false },
    { status: 'ACTIVE', agentConnected: true },
    { status: 'INACTIVE', agentConnected: false },
  ]);
  expect(found).toHaveLength(1);
});

describe('tasks that failed', () => {
  it('are counted together when group and reason are alike, and the newest is kept', () => {
    const newest = failed({ taskArn: 'newest', stoppedAt: new Date(NOW - 1_000) });
    const found = failuresOf([failed({}), newest, failed({ group: 'family:job' })], NOW);
    expect(found.map(({ group, count }) => [group, count])).toEqual([
      ['web', 2],
      ['job', 1],
    ]);
    expect(found[0]?.newest.taskArn).toBe('newest');
    expect(found[0]?.reason).toBe('Essential container in task exited (web: exit code 1)');
  });

  it('are those of the last hour that nobody stopped and that did not end well', () => {
    expect(failuresOf([failed({ stoppedAt: new Date(NOW - 4_000_000) })], NOW)).toEqual([]);
    expect(failuresOf([failed({ containers: [{ exitCode: 0 }] })], NOW)).toEqual([]);
    expect(failuresOf([failed({ stopCode: 'UserInitiated' })], NOW)).toEqual([]);
    expect(failuresOf([failed({ lastStatus: 'RUNNING' })], NOW)).toEqual([]);
  });
});

describe('a failing service', () => {
  const failures = failuresOf([failed({}), failed({ group: 'family:web' })], NOW);
  const web = { serviceName: 'web' };

  it('is told of once: apart are other services and what is no service', () => {
    expect(failures).toHaveLength(2);
    expect(failuresApart(failures, []).length).toBe(2);
    expect(failuresApart(failures, [{ serviceName: 'api' }]).length).toBe(2);
    expect(failuresApart(failures, [web]).map(({ newest }) => newest.group)).toEqual([
      'family:web',
    ]);
  });

  it('has its failures told with it, unless its reasons tell them', () => {
    expect(failuresUntold(web, failures, ['2 tasks RUNNING for too short a time'])).toHaveLength(1);
    expect(failuresUntold(web, failures, ['2 tasks failed in the last 20 s; …'])).toEqual([]);
    expect(failuresUntold(web, failures, ['task 9b14071925 failed 3 s ago: …'])).toEqual([]);
    expect(failuresUntold({ serviceName: 'api' }, failures, [])).toEqual([]);
  });

  it('names tasks that are found in its reasons', () => {
    const id = '9b14071925ffcc9a10a612403b6e127a';
    expect(splitAtTasks(`the last one, ${id}, 3 s ago`)).toEqual([
      { text: 'the last one, ', isTask: false },
      { text: id, isTask: true },
      { text: ', 3 s ago', isTask: false },
    ]);
    expect(splitAtTasks('none')).toEqual([{ text: 'none', isTask: false }]);
  });
});
