import type { Task } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import {
  countsText,
  countTasks,
  groupOf,
  serviceOf,
  shownOf,
  shownTasks,
  stoppable,
} from './taskGroups';

const TASKS: readonly Task[] = [
  { taskArn: 'a', lastStatus: 'PROVISIONING' },
  { taskArn: 'b', lastStatus: 'RUNNING', desiredStatus: 'RUNNING' },
  { taskArn: 'c', lastStatus: 'DEACTIVATING', desiredStatus: 'STOPPED' },
  { taskArn: 'd', lastStatus: 'STOPPED', stopCode: 'UserInitiated' },
  { taskArn: 'e', lastStatus: 'STOPPED', stopCode: 'EssentialContainerExited' },
];

test('a task on its way out still runs, and so does one of an unknown status', () => {
  expect(TASKS.map(groupOf)).toEqual(['pending', 'running', 'running', 'stopped', 'stopped']);
  expect(groupOf({ lastStatus: 'LEVITATING' })).toBe('running');
  expect(groupOf({})).toBe('running');
});

test('counts tell the failed ones apart from those that were to stop', () => {
  expect(countsText(countTasks(TASKS))).toBe('2 running, 1 pending, 2 stopped, 1 of them failed');
  expect(countsText(countTasks([]))).toBe('0 running, 0 pending, 0 stopped');
});

test('all tasks are shown unless the address says otherwise', () => {
  expect(shownOf('')).toBe('all');
  expect(shownOf('nonsense')).toBe('all');
  expect(shownTasks(TASKS, shownOf(''))).toBe(TASKS);
  expect(shownTasks(TASKS, 'stopped').map(({ taskArn }) => taskArn)).toEqual(['d', 'e']);
  expect(shownTasks(TASKS, 'failed').map(({ taskArn }) => taskArn)).toEqual(['e']);
});

test('a service is told by the group', () => {
  expect(serviceOf({ group: 'service:web' })).toBe('web');
  expect(serviceOf({ group: 'family:web' })).toBeUndefined();
  expect(serviceOf({})).toBeUndefined();
});

test('what stops or has stopped is not stopped again', () => {
  expect(stoppable(TASKS).map(({ taskArn }) => taskArn)).toEqual(['a', 'b']);
});
