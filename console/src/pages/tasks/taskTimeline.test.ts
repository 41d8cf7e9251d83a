import type { Task } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { timelineOf } from './taskTimeline';

const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1_000);
const NOW = at(100).getTime();
const said = (task: Task, now = NOW) =>
  timelineOf(task, now).phases.map(({ label, seconds, isOpen }) => [
    label,
    Number(seconds.toFixed(3)),
    isOpen,
  ]);

const RUNNING: Task = {
  createdAt: at(0),
  connectivityAt: at(0),
  pullStartedAt: at(1),
  pullStoppedAt: at(5),
  startedAt: at(6.5),
};

test('each phase lasts until the next moment; the last one until now', () => {
  expect(said(RUNNING)).toEqual([
    ['The agent takes it on', 1, false],
    ['Pulls images', 4, false],
    ['Creates and starts containers', 1.5, false],
    ['Runs', 93.5, true],
  ]);
  expect(timelineOf(RUNNING, NOW).startSeconds).toBe(6.5);
});

test('a task that was asked to stop stops its containers, then cleans up', () => {
  const task = { ...RUNNING, stoppingAt: at(20), executionStoppedAt: at(50), stoppedAt: at(51) };
  expect(said(task).slice(3)).toEqual([
    ['Runs', 13.5, false],
    ['Stops its containers', 30, false],
    ['Containers have ended; cleans up', 1, false],
  ]);
  expect(timelineOf(task, NOW).stopSeconds).toBe(31);
});

test('a task whose container exited had ended before it stops', () => {
  const task = { ...RUNNING, executionStoppedAt: at(20), stoppingAt: at(21), stoppedAt: at(22) };
  expect(said(task).slice(4)).toEqual([
    ['Containers have ended', 1, false],
    ['Stops', 1, false],
  ]);
});

test('a task whose container exited before it was said to run does not run after its end', () => {
  const task = { ...RUNNING, executionStoppedAt: at(6), stoppingAt: at(7), stoppedAt: at(7) };
  expect(said(task).slice(2)).toEqual([
    ['Creates and starts containers', 1, false],
    ['Containers have ended', 1, false],
  ]);
});

test('an agent that is heard of after it pulls has taken the task on before', () => {
  expect(said({ ...RUNNING, connectivityAt: at(3) })[0]).toEqual([
    'Placed; waits for the agent',
    1,
    false,
  ]);
  expect(said({ ...RUNNING, connectivityAt: at(3) })).toHaveLength(4);
});

test('a task that never ran ends without running', () => {
  const task = {
    createdAt: at(0),
    pullStartedAt: at(1),
    pullStoppedAt: at(3),
    executionStoppedAt: at(3),
    stoppingAt: at(4),
    stoppedAt: at(4),
  };
  expect(said(task)).toEqual([
    ['Placed; waits for the agent', 1, false],
    ['Pulls images', 2, false],
    ['Could not start; is given up', 1, false],
  ]);
  expect(timelineOf(task, NOW).startSeconds).toBeUndefined();
});

test('starting and stopping are drawn to one scale, running is not', () => {
  const shares = timelineOf(RUNNING, NOW).phases.map(({ share }) => share);
  expect(shares).toEqual([0.25, 1, 0.375, 1]);
});

test('an open phase is told from its first moment on, with clocks that differ too', () => {
  expect(said({ createdAt: at(0) }, at(0).getTime())).toEqual([
    ['Placed; waits for the agent', 0, true],
  ]);
  expect(said({ createdAt: at(2) }, at(0).getTime())).toEqual([
    ['Placed; waits for the agent', 0, true],
  ]);
});

test('what comes after the end is left out, and a task without moments has no phases', () => {
  const late = { createdAt: at(0), stoppingAt: at(1), stoppedAt: at(2), executionStoppedAt: at(9) };
  expect(said(late)).toEqual([
    ['Placed; waits for the agent', 1, false],
    ['Stops', 1, false],
  ]);
  expect(timelineOf({}, NOW).phases).toEqual([]);
});
