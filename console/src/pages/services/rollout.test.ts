import type { Service, Task } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { deploymentState } from './deploymentState';
import { rolloutOf, tasksOfService } from './rollout';
import { failuresOf } from './stopped';

const NOW = 1_000_000_000;
const definition = (revision: number) => `arn:aws:ecs:r:1:task-definition/web:${revision}`;

function service(members: Partial<Service>): Service {
  return { status: 'ACTIVE', desiredCount: 2, runningCount: 2, pendingCount: 0, ...members };
}

function task(id: string, members: Partial<Task>): Task {
  return {
    taskArn: `arn:aws:ecs:r:1:task/default/${id}`,
    group: 'service:web',
    startedBy: 'ecs-svc/2',
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    taskDefinitionArn: definition(2),
    ...members,
  };
}

test('a service is steady when its newest deployment is done and counts agree', () => {
  const deployments = [{ status: 'PRIMARY', rolloutState: 'COMPLETED' as const }];
  expect(deploymentState(service({ deployments })).words).toBe('steady');
  expect(deploymentState(service({ deployments, runningCount: 1 })).words).toBe('1 task to start');
  expect(deploymentState(service({ deployments, runningCount: 4 })).words).toBe('2 tasks to stop');
});

test('a rollout is told with its share, its failures and its way back', () => {
  const primary = {
    status: 'PRIMARY',
    rolloutState: 'IN_PROGRESS' as const,
    taskDefinition: definition(7),
    desiredCount: 5,
    runningCount: 3,
  };
  const older = { status: 'ACTIVE' };
  const words = (deployments: Service['deployments']) =>
    deploymentState(service({ deployments })).words;
  expect(words([primary, older])).toBe('rolling to web:7, 60 % RUNNING');
  expect(words([primary])).toBe('starting web:7, 60 % RUNNING');
  expect(words([{ ...primary, failedTasks: 1 }, older])).toBe(
    'rolling to web:7, 60 % RUNNING, 1 task failed',
  );
  const back = {
    ...primary,
    rolloutStateReason: 'circuit breaker: rolling back to deploymentId x.',
  };
  expect(words([back, older])).toBe('rolling back to web:7, 60 % RUNNING');
  expect(words([{ ...primary, rolloutState: 'FAILED' as const }])).toBe('web:7 failed');
});

test('a deployment that has not scaled up yet has none of its tasks', () => {
  const primary = { status: 'PRIMARY', rolloutState: 'IN_PROGRESS' as const, desiredCount: 0 };
  const state = deploymentState(service({ deployments: [primary], runningCount: 0 }));
  expect(state.words).toContain('0 % RUNNING');
});

test('a service without members that are known is still told', () => {
  expect(deploymentState({}).standing).toBe('unknown');
  expect(deploymentState({ status: 'DRAINING' }).words).toBe('deleting, 0 tasks left');
  expect(deploymentState({ taskSets: [{}, {}] }).words).toBe('2 task sets');
});

test('each deployment is a row: tasks by what they are at, wanted ones, leaving ones', () => {
  const deployments = [
    { id: 'ecs-svc/2', status: 'PRIMARY', taskDefinition: definition(2), desiredCount: 3 },
    { id: 'ecs-svc/1', status: 'ACTIVE', taskDefinition: definition(1), desiredCount: 2 },
  ];
  const tasks = [
    task('a', {}),
    task('b', { lastStatus: 'PENDING' }),
    task('c', { startedBy: 'ecs-svc/1', desiredStatus: 'STOPPED' }),
    task('d', { startedBy: 'ecs-svc/1', healthStatus: 'UNHEALTHY' }),
  ];
  const health = (one: Task) => (one.taskArn?.endsWith('/a') ? 'healthy' : undefined);
  const [target, source] = rolloutOf(service({ deployments }), tasks, NOW, health);
  expect(target?.revision).toBe('web:2');
  expect(target?.cells.map(({ phase }) => phase)).toEqual(['healthy', 'coming', 'wanted']);
  expect(target?.words).toBe('1 RUNNING and healthy, 1 starting, 1 still to start');
  expect(source?.cells.map(({ phase }) => phase)).toEqual(['unwell', 'leaving']);
});

test('tasks of a deployment that is no longer listed have a row of their own', () => {
  const left = task('a', {
    startedBy: 'ecs-svc/0',
    desiredStatus: 'STOPPED',
    lastStatus: 'DEACTIVATING',
  });
  const rows = rolloutOf(service({}), [left], NOW);
  expect(rows).toHaveLength(1);
  expect(rows[0]?.status).toBe('INACTIVE');
  expect(rows[0]?.words).toBe('1 stopping');
});

test('a task that stopped long ago is not in the picture; one that failed stays longer', () => {
  const stoppedAt = new Date(NOW - 60_000);
  const scaled = task('a', {
    lastStatus: 'STOPPED',
    stopCode: 'ServiceSchedulerInitiated',
    stoppedAt,
  });
  const failed = task('b', { lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart', stoppedAt });
  const rows = rolloutOf(service({}), [scaled, failed], NOW);
  expect(rows.flatMap(({ cells }) => cells).map(({ phase }) => phase)).toEqual(['failed']);
});

test('failed tasks with the same reason are one failure', () => {
  const failed = (id: string, reason: string) =>
    task(id, { lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart', stoppedReason: reason });
  const groups = failuresOf([
    failed('a', 'CannotPullContainerError: image for 0123456789abcdef: not found'),
    failed('b', 'CannotPullContainerError: image for fedcba9876543210: not found'),
    failed('c', 'ResourceInitializationError'),
    task('d', {}),
  ]);
  expect(groups.map(({ tasks }) => tasks.length).sort()).toEqual([1, 2]);
});

test('the tasks of a service are found by their group', () => {
  expect(tasksOfService('web', [task('a', {}), task('b', { group: 'family:web' })])).toHaveLength(
    1,
  );
});
