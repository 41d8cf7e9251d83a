import type { Task } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { isFailedTask, reasonsOf } from './failedTask';

test('what a user stopped is no failure; what exits by itself is', () => {
  const stopped = (members: Partial<Task>) => isFailedTask({ lastStatus: 'STOPPED', ...members });
  expect(stopped({ stopCode: 'UserInitiated', containers: [{ exitCode: 137 }] })).toBe(false);
  expect(stopped({ stopCode: 'EssentialContainerExited' })).toBe(true);
  expect(
    stopped({
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: 'Task failed container health checks',
    }),
  ).toBe(true);
  expect(
    stopped({ stopCode: 'ServiceSchedulerInitiated', stoppedReason: 'Scaling activity' }),
  ).toBe(false);
  expect(stopped({ stopCode: 'SomethingNew' as never, containers: [{ exitCode: 1 }] })).toBe(true);
});

test('the reasons of a task are its own and those of its containers', () => {
  const one = {
    stoppedReason: 'Essential container in task exited',
    containers: [{ name: 'web', exitCode: 1 }, { name: 'side' }],
  };
  expect(reasonsOf(one)).toEqual(['Essential container in task exited', 'web: exit code 1']);
});
