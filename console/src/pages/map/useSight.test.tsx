import type { ContainerInstance, Task } from '@aws-sdk/client-ecs';
import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LEAVING_SECONDS } from './layout';
import { useSight } from './useSight';

const NOW = Date.UTC(2026, 0, 1);
const INSTANCE: ContainerInstance = { containerInstanceArn: 'i' };
const RUNNING: Task = { taskArn: 'task/c/t', containerInstanceArn: 'i', lastStatus: 'RUNNING' };
const STOPPED: Task = { ...RUNNING, lastStatus: 'STOPPED', stoppedAt: new Date(NOW) };

const snapshot = <T,>(...items: T[]) => ({ items, listed: items.length, isLoading: false });
const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

beforeEach(() => vi.useFakeTimers({ now: NOW }));
afterEach(() => void vi.useRealTimers());

function sight(first: Task) {
  let drawn = 0;
  const instances = snapshot(INSTANCE);
  const hook = renderHook(
    ({ tasks }) => {
      drawn++;
      return useSight(instances, tasks);
    },
    { initialProps: { tasks: snapshot(first) } },
  );
  const tasks = () => hook.result.current.picture.zones[0]?.boxes[0]?.tasks.length;
  return { ...hook, tasks, drawn: () => drawn };
}

test('what stays as it is is not drawn again by the clock', async () => {
  const { drawn, result } = sight(RUNNING);
  const [before, first] = [drawn(), result.current.picture];
  await pass(60_000);
  expect(drawn()).toBe(before);
  expect(result.current.picture).toBe(first);
});

test('a stopped task leaves when its time is up', async () => {
  const { rerender, tasks } = sight(RUNNING);
  rerender({ tasks: snapshot(STOPPED) });
  await pass(LEAVING_SECONDS * 1_000 - 500);
  expect(tasks()).toBe(1);
  await pass(1_000);
  expect(tasks()).toBe(0);
});
