import type { ContainerInstance, Task } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { GHOST_SECONDS, NOTHING_SEEN, nextGhostGone, seenAfter } from './ghosts';
import { LEAVING_SECONDS, nextLeaving, pictureOf } from './layout';

const NOW = Date.UTC(2026, 0, 1);

function instance(id: string, zone?: string): ContainerInstance {
  return {
    containerInstanceArn: `arn:aws:ecs:r:1:container-instance/c/${id}`,
    ec2InstanceId: `i-${id}`,
    status: 'ACTIVE',
    agentConnected: true,
    attributes: zone ? [{ name: 'ecs.availability-zone', value: zone }] : [],
    registeredResources: [{ name: 'CPU', integerValue: 2048 }],
    remainingResources: [{ name: 'CPU', integerValue: 1536 }],
  };
}

function task(id: string, on: string | undefined, over: Partial<Task> = {}): Task {
  return {
    taskArn: `arn:aws:ecs:r:1:task/c/${id}`,
    containerInstanceArn: on && `arn:aws:ecs:r:1:container-instance/c/${on}`,
    taskDefinitionArn: 'arn:aws:ecs:r:1:task-definition/web:3',
    group: 'service:web',
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    ...over,
  };
}

test('tasks are in the box of their instance, instances in their zone', () => {
  const picture = pictureOf([instance('b', 'z2'), instance('a', 'z1')], [task('t', 'a')], NOW);
  expect(picture.zones.map(({ name, boxes }) => [name, boxes.length])).toEqual([
    ['z1', 1],
    ['z2', 1],
  ]);
  expect(picture.zones[0]?.boxes[0]?.tasks.map(({ id }) => id)).toEqual(['t']);
  expect(picture.zones[0]?.boxes[0]?.cpu).toEqual({ used: 512, total: 2048 });
});

test('a task without an instance waits for a place', () => {
  const waiting = task('t', undefined, { lastStatus: 'PROVISIONING' });
  expect(pictureOf([instance('a')], [waiting], NOW).waiting[0]?.phase).toBe('coming');
});

test('a stopped task is seen for a moment, as failed if it failed', () => {
  const stoppedAt = new Date(NOW - 1_000);
  const stopped = task('t', 'a', { lastStatus: 'STOPPED', stoppedAt });
  const failed = {
    ...stopped,
    stopCode: 'EssentialContainerExited' as const,
    containers: [{ exitCode: 3 }],
  };
  const phase = (one: Task, at: number) =>
    pictureOf([instance('a')], [one], at).zones[0]?.boxes[0]?.tasks[0]?.phase;
  expect(phase(stopped, NOW)).toBe('gone');
  expect(phase(failed, NOW)).toBe('failed');
  expect(phase(failed, NOW + LEAVING_SECONDS * 1_000)).toBeUndefined();
});

test('what has no members that we know is still drawn', () => {
  const picture = pictureOf([{}], [{}, { lastStatus: 'DREAMING' }], NOW);
  expect(picture.zones[0]?.boxes).toHaveLength(1);
  expect(picture.waiting).toHaveLength(2);
});

test('an instance that is listed no more stays as a ghost with its orphans, for a while', () => {
  const first = seenAfter(NOTHING_SEEN, [instance('a'), instance('b')], [task('t', 'a')], NOW);
  expect(first.ghosts).toEqual([]);
  const stopped = task('t', 'a', { lastStatus: 'STOPPED' });
  const second = seenAfter(first, [instance('b')], [stopped], NOW + 1_000);
  expect(second.ghosts.map(({ orphans }) => orphans.length)).toEqual([1]);
  const later = seenAfter(second, [instance('b')], [], NOW + 1_000 + GHOST_SECONDS * 1_000);
  expect(later.ghosts).toEqual([]);
});

test('an instance that comes back is no ghost', () => {
  const first = seenAfter(NOTHING_SEEN, [instance('a')], [], NOW);
  const gone = seenAfter(first, [], [], NOW + 1);
  expect(seenAfter(gone, [instance('a')], [], NOW + 2).ghosts).toEqual([]);
});

test('a box is the same one until its instance or one of its tasks is another', () => {
  const [a, b] = [instance('a'), instance('b')];
  const [first, second] = [task('t', 'a'), task('u', 'b')];
  const boxes = (...tasks: Task[]) => pictureOf([a, b], tasks, NOW).zones[0]?.boxes ?? [];
  const before = boxes(first, second);
  const after = boxes(second, { ...first, lastStatus: 'STOPPING' });
  expect(after[1]).toBe(before[1]);
  expect(after[0]).not.toBe(before[0]);
  expect(after[0]?.tasks[0]?.phase).toBe('leaving');
  expect(boxes(second)[0]?.tasks).toEqual([]);
});

test('the map is another one when the next stopped task leaves it', () => {
  const stopped = (at: number) =>
    task('t', 'a', { lastStatus: 'STOPPED', stoppedAt: new Date(at) });
  const tasks = [task('r', 'a'), stopped(NOW - 99_000), stopped(NOW - 1_000), stopped(NOW)];
  const next = nextLeaving(tasks, NOW) ?? 0;
  expect(next).toBe(NOW + LEAVING_SECONDS * 1_000 - 999);
  const drawn = (at: number) => pictureOf([instance('a')], tasks, at).zones[0]?.boxes[0]?.tasks;
  expect(drawn(next - 1)).toHaveLength(3);
  expect(drawn(next)).toHaveLength(2);
  expect(nextLeaving(tasks.slice(0, 2), NOW)).toBeUndefined();
});

test('and when the first ghost is gone', () => {
  const first = seenAfter(NOTHING_SEEN, [instance('a'), instance('b')], [], NOW);
  const second = seenAfter(first, [instance('b')], [], NOW + 5);
  const third = seenAfter(second, [], [], NOW + 9);
  const next = nextGhostGone(third.ghosts) ?? 0;
  expect(seenAfter(third, [], [], next).ghosts.length).toBe(1);
  expect(nextGhostGone([])).toBeUndefined();
});
