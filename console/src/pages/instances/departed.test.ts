import type { Task } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import {
  drainingOf,
  givenUpAt,
  interfacesOf,
  leavingOf,
  liveTasksOn,
  orphansOf,
  replacedOf,
} from './departed';

const HERE = 'arn:aws:ecs:us-east-1:1:container-instance/default/here';
const THERE = 'arn:aws:ecs:us-east-1:1:container-instance/default/there';
const GROUP = 'arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/web/6d0e';
const NOW = Date.parse('2026-11-22T12:00:00Z');
const at = (secondsAgo: number) => new Date(NOW - secondsAgo * 1_000);

const orphan: Task = {
  taskArn: 'orphan',
  group: 'service:web',
  containerInstanceArn: HERE,
  lastStatus: 'STOPPED',
  desiredStatus: 'STOPPED',
  stoppedReason: 'Container instance deregistration forced by user',
  stoppingAt: at(10),
  stoppedAt: at(10),
  containers: [{ networkBindings: [{ hostPort: 32768 }] }],
};
const copy: Task = {
  taskArn: 'copy',
  group: 'service:web',
  containerInstanceArn: THERE,
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
  createdAt: at(9),
};
const old: Task = { ...copy, taskArn: 'old', createdAt: at(4_000) };

describe('orphans', () => {
  it('are tasks of this instance that its deregistration gave up', () => {
    const others = [
      { ...orphan, containerInstanceArn: THERE },
      { ...orphan, stoppedReason: 'Task stopped by user' },
      copy,
    ];
    expect(orphansOf([orphan, ...others], HERE)).toEqual([orphan]);
  });

  it('are replaced by what their service started elsewhere since', () => {
    expect(replacedOf([orphan], [orphan, copy, old], givenUpAt([orphan]))).toEqual([
      { service: 'web', gone: [orphan], replacements: [copy] },
    ]);
  });

  it('are replaced by no more than they were, the first that were started', () => {
    const later: Task = { ...copy, taskArn: 'later', createdAt: at(2) };
    expect(replacedOf([orphan], [later, copy], givenUpAt([orphan]))[0]?.replacements).toEqual([
      copy,
    ]);
  });

  it('without a service are replaced by nothing', () => {
    expect(replacedOf([{ ...orphan, group: 'family:job' }], [copy], at(10).getTime())).toEqual([]);
  });
});

describe('tasks that leave a draining instance', () => {
  const stopped: Task = { ...orphan, stopCode: 'ServiceSchedulerInitiated', stoppedReason: '' };
  const since = at(90).getTime();

  it('are those of services that run there or were stopped since it drains', () => {
    const running: Task = { ...copy, containerInstanceArn: HERE };
    const standalone: Task = { ...running, group: 'family:job' };
    const before: Task = { ...stopped, stoppingAt: at(120) };
    const all = [stopped, running, standalone, before, copy];
    expect(leavingOf(all, HERE, since)).toEqual([stopped, running]);
    expect(leavingOf(all, HERE, undefined)).toEqual([running]);
  });

  it('are replaced also by tasks that were started before they were stopped', () => {
    const ahead: Task = { ...copy, createdAt: at(60) };
    expect(replacedOf([stopped], [ahead, old], since)[0]?.replacements).toEqual([ahead]);
  });

  it('are not replaced by what a rollout started before it drained', () => {
    const rolled: Task = { ...copy, createdAt: at(100) };
    const running: Task = { ...old, containerInstanceArn: HERE };
    expect(replacedOf([running], [rolled], since)[0]?.replacements).toEqual([]);
    expect(replacedOf([running], [rolled], undefined)[0]?.replacements).toEqual([]);
  });
});

it('counts tasks that are stopping as live, as ECS does', () => {
  const stopping: Task = { ...orphan, lastStatus: 'STOPPING' };
  const unplaced: Task = { lastStatus: 'PROVISIONING' };
  const instances = [{ containerInstanceArn: HERE }, {}];
  expect(liveTasksOn([stopping, orphan, copy, unplaced], instances)).toEqual([stopping]);
});

describe('targets that drain', () => {
  const target = { group: GROUP, id: 'i-here', port: 32768, state: 'draining' };
  const delays = new Map([[GROUP, 40]]);

  it('are those of who left, with the seconds that are left', () => {
    const other = { ...target, port: 32769 };
    const healthy = { ...target, state: 'healthy' };
    expect(drainingOf([target, other, healthy], [orphan], 'i-here', delays, NOW)).toEqual([
      { ...target, groupName: 'web', secondsLeft: 30 },
    ]);
  });

  it('are found by address for tasks with an interface of their own', () => {
    const task: Task = {
      ...orphan,
      containers: [],
      attachments: [
        {
          type: 'ElasticNetworkInterface',
          details: [
            { name: 'networkInterfaceId', value: 'eni-1' },
            { name: 'privateIPv4Address', value: '10.0.0.9' },
          ],
        },
      ],
    };
    const found = drainingOf([{ ...target, id: '10.0.0.9' }], [task], 'i-here', new Map(), NOW);
    expect(found.map(({ id, secondsLeft }) => [id, secondsLeft])).toEqual([
      ['10.0.0.9', undefined],
    ]);
    expect(interfacesOf([task]).map(({ id }) => id)).toEqual(['eni-1']);
  });
});
