import { describe, expect, it } from 'vitest';
import {
  assumedText,
  belowMinimumText,
  desiredText,
  fateText,
  healthyText,
  instanceText,
  leavesText,
  moment,
  placesOf,
  shortageText,
  steadyText,
  stepText,
  totalsOf,
  verdictOf,
} from './planWords';

describe('how a plan ends', () => {
  it('tells when the last service is at rest', () => {
    const services = [{ steadyAtSeconds: 12 }, { steadyAtSeconds: 55 }, {}];
    expect(verdictOf({ outcome: 'SETTLED', services })).toEqual({
      tone: 'success',
      title: 'Goes through, at rest after 55 s',
    });
  });

  it('warns when a service falls below its minimum on the way', () => {
    const services = [{ steadyAtSeconds: 55, belowMinimumSeconds: 20 }];
    expect(verdictOf({ outcome: 'SETTLED', services }).tone).toBe('warning');
  });

  it('is not judged by services that were not steady before', () => {
    const late = { bystander: true, steadyAtSeconds: 955, belowMinimumSeconds: 900 };
    const services = [{ bystander: false, steadyAtSeconds: 55 }, late];
    expect(verdictOf({ outcome: 'SETTLED', services })).toEqual({
      tone: 'success',
      title: 'Goes through, at rest after 55 s',
    });
    expect(shortageText({ services })).toBe('');
  });

  it('is an error when it is refused, and shows an outcome that it does not know', () => {
    expect(verdictOf({ outcome: 'REFUSED' })).toEqual({ tone: 'error', title: 'Would be refused' });
    expect(verdictOf({ outcome: 'NEWER' })).toEqual({ tone: 'info', title: 'NEWER' });
    expect(verdictOf({}).title).toBe('No outcome is told');
  });
});

it('names the services that are short of healthy tasks on the way', () => {
  const short = { serviceName: 'web', belowMinimumSeconds: 5 };
  expect(shortageText({ services: [{ serviceName: 'own' }] })).toBe('');
  expect(shortageText({ services: [short, { serviceName: 'own' }] })).toBe(
    'On the way web has fewer healthy tasks than the minimum.',
  );
  expect(shortageText({ services: [short, short] })).toContain('web, web have');
});

describe('a service in a plan', () => {
  it('shows both desired counts only where they differ', () => {
    expect(desiredText({ desiredCountBefore: 3, desiredCount: 3 })).toBe('3');
    expect(desiredText({ desiredCountBefore: 3, desiredCount: 5 })).toBe('3 → 5');
  });

  it('shows healthy tasks before, at the lowest, and after', () => {
    expect(healthyText({ healthyBefore: 3, healthyLowest: 2, healthyAfter: 3 })).toBe('3 → 2 → 3');
    expect(healthyText({})).toBe('? → ? → ?');
  });

  it('says how long and from when it is below its minimum', () => {
    expect(belowMinimumText({ minimumHealthy: 0 })).toBe('no minimum');
    expect(belowMinimumText({ minimumHealthy: 3, belowMinimumSeconds: 0 })).toBe(
      'never (minimum 3)',
    );
    expect(
      belowMinimumText({ minimumHealthy: 3, belowMinimumSeconds: 55, belowMinimumAtSeconds: 0 }),
    ).toBe('55 s from +0 s (minimum 3)');
  });

  it('says whether it comes to rest', () => {
    expect(steadyText({ steadyAtSeconds: 65 })).toBe('after 1 min 5 s');
    expect(steadyText({ outcome: 'SETTLED' })).toBe('stays so');
    expect(steadyText({ outcome: 'WAITS_FOR_ROOM' })).toBe('no: waits for room');
  });
});

describe('movements', () => {
  const movements = [
    { ec2InstanceId: 'i-1', started: 0, stopped: 1, orphaned: 2 },
    { containerInstanceArn: 'arn:aws:ecs:r:1:container-instance/default/abc', started: 3 },
  ];

  it('are split into where tasks leave and where they come', () => {
    const { leaves, comes } = placesOf(movements);
    expect(leaves.map(({ machine }) => machine)).toEqual(['i-1']);
    expect(comes.map(({ machine, started }) => [machine, started])).toEqual([['abc', 3]]);
    expect(placesOf()).toEqual({ leaves: [], comes: [] });
  });

  it('are added up', () => {
    expect(totalsOf(movements)).toEqual({ started: 3, stopped: 1, orphaned: 2 });
  });

  it('tell orphans from stopped tasks', () => {
    expect(leavesText({ started: 0, stopped: 1, orphaned: 0 })).toBe('−1');
    expect(leavesText({ started: 0, stopped: 0, orphaned: 2 })).toBe('−2 (orphaned)');
    expect(leavesText({ started: 0, stopped: 1, orphaned: 2 })).toBe('−3 (2 orphaned)');
  });
});

describe('sentences', () => {
  it('tell the fate of a standalone task, also one that is not known here', () => {
    expect(fateText({ fate: 'ORPHANED' })).toContain('becomes an orphan');
    expect(fateText({ fate: 'MOVED' })).toBe('MOVED');
    expect(fateText({})).toBe('not told');
  });

  it('tell what becomes of an instance', () => {
    expect(instanceText({ statusBefore: 'ACTIVE', status: 'INACTIVE', emptyAtSeconds: 0 })).toBe(
      'ACTIVE → INACTIVE, without tasks at once',
    );
    expect(instanceText({ statusBefore: 'DRAINING', status: 'DRAINING', tasksLeft: 1 })).toBe(
      'DRAINING, 1 task left',
    );
  });

  it('tell a step', () => {
    const step = {
      kind: 'STARTED',
      taskCount: 2,
      taskDefinition: 'arn:aws:ecs:r:1:task-definition/web:3',
      machines: ['i-1', 'i-2', 'i-3', 'i-4', 'i-5'],
    };
    expect(stepText(step)).toBe('start 2 tasks of web:3 on i-1, i-2, i-3, i-4 and 1 more');
    expect(stepText({})).toBe('? 0 tasks');
  });

  it('tell what is supposed', () => {
    expect(assumedText({ startSeconds: 15, stopSeconds: 10, healthyAfterSeconds: 40 })).toBe(
      'Supposed: a task takes 15 s to start, counts as healthy 40 s later unless a health check ' +
        'tells, and takes 10 s to end; nothing fails. Nothing has been changed yet.',
    );
  });

  it('write moments with a sign', () => {
    expect([0, 2.5, 90].map(moment)).toEqual(['+0 s', '+2.5 s', '+1 min 30 s']);
  });
});
