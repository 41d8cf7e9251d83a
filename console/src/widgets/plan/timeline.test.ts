import { describe, expect, it } from 'vitest';
import { ticksOf, timelineOf } from './timeline';

describe('the timeline of a plan', () => {
  it('is not there when nothing moves', () => {
    expect(timelineOf({ outcome: 'REFUSED' })).toBeUndefined();
  });

  it('has a lane for each service, and one for standalone tasks', () => {
    const steps = [
      { atSeconds: 0, kind: 'ORPHANED', serviceName: 'web', taskCount: 1 },
      { atSeconds: 0, kind: 'ORPHANED', taskCount: 1 },
    ];
    expect(timelineOf({ steps })?.lanes.map(({ name }) => name)).toEqual([
      'web',
      'standalone tasks',
    ]);
  });

  it('ends with what the change is about, however long others move anyway', () => {
    const steps = [
      { atSeconds: 0, kind: 'STARTED', serviceName: 'web', taskCount: 1 },
      { atSeconds: 10, kind: 'STARTED', serviceName: 'late', taskCount: 1 },
      { atSeconds: 900, kind: 'STARTED', serviceName: 'late', taskCount: 1 },
    ];
    const late = { serviceName: 'late', bystander: true, steadyAtSeconds: 955 };
    const web = { serviceName: 'web', bystander: false, steadyAtSeconds: 50 };
    const timeline = timelineOf({ steps, services: [late, web] });
    expect(timeline?.endSeconds).toBe(50);
    expect(timeline?.lanes.map(({ name, marks }) => [name, marks.length])).toEqual([
      ['web', 1],
      ['late', 1],
    ]);
    expect(timeline?.lanes[1]?.steadyAt).toBeUndefined();
    expect(timelineOf({ steps: steps.slice(1), services: [late] })?.endSeconds).toBe(955);
  });

  it('is no longer than what comes to rest, however long one that waits for room is short', () => {
    const steps = [
      { atSeconds: 0, kind: 'ORPHANED', serviceName: 'web', taskCount: 1 },
      { atSeconds: 0, kind: 'ORPHANED', serviceName: 'huge', taskCount: 1 },
    ];
    const web = { serviceName: 'web', steadyAtSeconds: 55 };
    const huge = { serviceName: 'huge', belowMinimumAtSeconds: 0, belowMinimumSeconds: 16_800 };
    const timeline = timelineOf({ steps, services: [web, huge] });
    expect(timeline?.endSeconds).toBe(55);
    expect(timeline?.lanes[1]?.below).toEqual({ from: 0, to: 1 });
    expect(timelineOf({ steps, services: [huge] })?.endSeconds).toBe(16_800);
  });

  it('lays marks, shortage and rest out as shares of the whole time', () => {
    const timeline = timelineOf({
      steps: [
        { atSeconds: 0, kind: 'ORPHANED', serviceName: 'web', taskCount: 1 },
        { atSeconds: 25, kind: 'STARTED', serviceName: 'web', taskCount: 1 },
      ],
      services: [
        {
          serviceName: 'web',
          steadyAtSeconds: 50,
          belowMinimumAtSeconds: 0,
          belowMinimumSeconds: 40,
        },
      ],
    });
    expect(timeline?.endSeconds).toBe(50);
    const lane = timeline?.lanes[0];
    expect(lane?.marks.map(({ at, kind }) => [at, kind])).toEqual([
      [0, 'ORPHANED'],
      [0.5, 'STARTED'],
    ]);
    expect(lane?.below).toEqual({ from: 0, to: 0.8 });
    expect(lane?.steadyAt).toBe(1);
  });

  it('joins marks of a kind that would lie on each other, and keeps what each says', () => {
    const timeline = timelineOf({
      steps: [
        { atSeconds: 99, kind: 'STARTED', serviceName: 'web', taskCount: 1 },
        { atSeconds: 100, kind: 'STARTED', serviceName: 'web', taskCount: 2 },
        { atSeconds: 100, kind: 'STOPPED', serviceName: 'web', taskCount: 3 },
      ],
    });
    const marks = timeline?.lanes[0]?.marks ?? [];
    expect(marks.map(({ kind, count }) => [kind, count])).toEqual([
      ['STARTED', 3],
      ['STOPPED', 3],
    ]);
    expect(marks[0]?.title.split('\n')).toHaveLength(2);
  });

  it('has ticks at round numbers, few of them', () => {
    expect(ticksOf(55).map(({ seconds }) => seconds)).toEqual([0, 10, 20, 30, 40, 50]);
    expect(ticksOf(3_700).map(({ seconds }) => seconds)).toEqual([0, 900, 1800, 2700, 3600]);
  });
});
