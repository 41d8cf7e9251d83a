import { expect, test } from 'vitest';
import { type EventWords, plainWords, wordsOf } from './eventWords';

const TASK = 'arn:aws:ecs:us-east-1:1:task/default/0123456789abcdef';
const SERVICE = 'arn:aws:ecs:us-east-1:1:service/default/web';
const INSTANCE = 'arn:aws:ecs:us-east-1:1:container-instance/default/fedcba9876543210';

const said = ({ subject, happened }: EventWords) =>
  [subject, happened].map((parts) => parts.map(({ text }) => text).join(''));

test('a task that failed: what, of which service, where and why', () => {
  const words = wordsOf({
    'detail-type': 'ECS Task State Change',
    resources: [TASK],
    detail: {
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      group: 'service:web',
      containerInstanceArn: INSTANCE,
      healthStatus: 'UNKNOWN',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'main', exitCode: 3 }, { name: 'side' }],
    },
  });
  expect(said(words)).toEqual([
    'Task 01234567 of web',
    'STOPPED · on fedcba98 · EssentialContainerExited: Essential container in task exited · main: exited with 3',
  ]);
  expect(words.isBad).toBe(true);
  expect(words.subject.flatMap(({ arn }) => arn ?? [])).toEqual([TASK, SERVICE]);
  expect(words.happened.flatMap(({ arn }) => arn ?? [])).toEqual([INSTANCE]);
});

test('a task on its way tells where it is to be', () => {
  const words = wordsOf({
    'detail-type': 'ECS Task State Change',
    resources: [TASK],
    detail: { lastStatus: 'PENDING', desiredStatus: 'RUNNING', group: 'family:web' },
  });
  expect(said(words)).toEqual(['Task 01234567 of web', 'PENDING (to be RUNNING)']);
  expect(words.isBad).toBe(false);
});

test('a container instance tells what runs and what is left', () => {
  const words = wordsOf({
    'detail-type': 'ECS Container Instance State Change',
    resources: [INSTANCE],
    detail: {
      ec2InstanceId: 'i-1',
      status: 'DRAINING',
      agentConnected: false,
      runningTasksCount: 2,
      pendingTasksCount: 1,
      remainingResources: [{ name: 'CPU', integerValue: 512 }, { name: 'PORTS' }],
    },
  });
  expect(said(words)).toEqual([
    'Instance i-1',
    'DRAINING · agent not connected · 2 running, 1 pending · CPU 512 left',
  ]);
  expect(words.isBad).toBe(true);
});

test('a service action tells its message, and links what it names', () => {
  const words = wordsOf({
    'detail-type': 'ECS Service Action',
    resources: [SERVICE],
    detail: {
      eventType: 'WARN',
      eventName: 'SERVICE_TASK_START_IMPAIRED',
      clusterArn: 'arn:aws:ecs:us-east-1:1:cluster/default',
      message: '(service web) has stopped 1 tasks: (task 0123456789abcdef).',
      containerInstanceArns: [INSTANCE],
    },
  });
  expect(said(words)[1]).toBe(
    'SERVICE_TASK_START_IMPAIRED · (service web) has stopped 1 tasks: (task 0123456789abcdef). · containerInstanceArns fedcba9876543210',
  );
  expect(words.happened.flatMap(({ arn }) => arn ?? [])).toEqual([TASK, INSTANCE]);
  expect(words.isBad).toBe(true);
});

test('deployments and hooks lead to their service', () => {
  const deployment = wordsOf({
    'detail-type': 'ECS Deployment State Change',
    resources: [SERVICE],
    detail: {
      eventName: 'SERVICE_DEPLOYMENT_COMPLETED',
      deploymentId: 'ecs-svc/1',
      reason: 'Done.',
    },
  });
  expect(said(deployment)).toEqual([
    'Deployment of web',
    'SERVICE_DEPLOYMENT_COMPLETED · ecs-svc/1 · Done.',
  ]);
  const hook = wordsOf({
    'detail-type': 'ECS Hook State Change',
    resources: ['arn:aws:ecs:us-east-1:1:service-deployment/default/web/x'],
    detail: {
      eventName: 'HOOK_AWAITING_ACTION',
      hookId: 'h1',
      lifecycleStage: 'PRE_SCALE_UP',
      expiresAt: '2026-01-01T00:00:00Z',
      serviceArn: SERVICE,
    },
  });
  expect(said(hook)[0]).toBe('Hook of web');
  expect(said(hook)[1]).toContain('expires 2026-01-01');
});

test('an event of a kind that nobody knows is told by its name and members', () => {
  const words = wordsOf({
    'detail-type': 'ECS Moon Phase Change',
    resources: [SERVICE],
    detail: { phase: 'full', depth: { of: 2 } },
  });
  expect(said(words)).toEqual(['web', 'ECS Moon Phase Change · phase full · depth {"of":2}']);
});

test.each([
  'ECS Task State Change',
  'ECS Container Instance State Change',
  'ECS Service Action',
  'ECS Deployment State Change',
  'ECS Hook State Change',
  undefined,
])('an event without any member is told too: %s', (type) => {
  expect(wordsOf({ 'detail-type': type }).subject.length).toBeGreaterThan(0);
  const odd = { containers: 'none', remainingResources: [null, 7], lastStatus: 9 };
  expect(() => wordsOf({ 'detail-type': type, detail: odd, resources: [] })).not.toThrow();
});

test('an event is found by the whole id of what it names', () => {
  const words = wordsOf({
    'detail-type': 'ECS Task State Change',
    resources: [TASK],
    detail: { lastStatus: 'RUNNING' },
  });
  expect(plainWords(words)).toContain('0123456789abcdef');
});
