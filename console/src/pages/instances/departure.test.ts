import { describe, expect, it } from 'vitest';
import { departureOf, type Observed } from './departure';

const NOTHING: Observed = {
  status: 'INACTIVE',
  isIncomplete: false,
  drained: undefined,
  orphans: 0,
  standaloneOrphans: 0,
  replaced: [],
  services: [],
  draining: [],
  hadTargets: false,
  interfacesLeft: [],
  interfaces: 0,
};
const web = { service: 'web', gone: [{}], replacements: [{ lastStatus: 'RUNNING' }] };

describe('after a deregistration', () => {
  it('is done at once when no task ran', () => {
    const { isDone, steps } = departureOf(NOTHING);
    expect(isDone).toBe(true);
    expect(steps[0]?.details).toEqual(['No task ran on it.']);
  });

  it('is not done before its tasks are known', () => {
    expect(departureOf({ ...NOTHING, isIncomplete: true }).isDone).toBe(false);
  });

  it('is not done while a service is not steady, and says what holds it up', () => {
    const departure = departureOf({
      ...NOTHING,
      orphans: 1,
      replaced: [web],
      services: [{ name: 'web', state: '2/3 RUNNING', isDone: false, reasons: ['no room'] }],
    });
    expect(departure.isDone).toBe(false);
    expect(departure.steps[1]).toEqual({
      id: 'service web',
      service: 'web',
      state: 'in-progress',
      title: 'Service web: not steady yet (2/3 RUNNING)',
      details: ['1 copy started elsewhere, 1 RUNNING.', 'No room.'],
    });
  });

  it('is not done while targets drain, and tells the seconds that are left', () => {
    const draining = [
      {
        group: 'arn',
        groupName: 'web',
        id: 'i-1',
        port: 32768,
        state: 'draining',
        secondsLeft: 29.2,
      },
    ];
    const { isDone, steps } = departureOf({ ...NOTHING, orphans: 1, draining });
    expect(isDone).toBe(false);
    expect(steps.at(-1)?.details).toEqual(['Target group web: i-1:32768, at most 30 s left.']);
  });

  it('says that no target drains any more', () => {
    const { isDone, steps } = departureOf({ ...NOTHING, orphans: 1, hadTargets: true });
    expect(isDone).toBe(true);
    expect(steps.at(-1)?.title).toBe('No target of it drains any more');
  });

  it('does not tell of a service that its tasks became orphans: that was told', () => {
    const reasons = ['task abc failed 1 s ago: Container instance deregistration forced by user'];
    const services = [{ name: 'web', isDone: false, reasons }];
    const { steps } = departureOf({ ...NOTHING, orphans: 1, replaced: [web], services });
    expect(steps[1]?.details).toEqual(['1 copy started elsewhere, 1 RUNNING.']);
  });

  it('is not done while interfaces of orphans are there', () => {
    const left = [{ id: 'eni-1', address: '10.0.0.9', task: {} }];
    const before = departureOf({ ...NOTHING, orphans: 1, interfaces: 1, interfacesLeft: left });
    expect(before.isDone).toBe(false);
    const after = departureOf({ ...NOTHING, orphans: 1, interfaces: 1 });
    expect(after.isDone).toBe(true);
    expect(after.steps.at(-1)?.title).toContain('1 network interface of orphans deleted');
  });

  it('says that standalone orphans are not started again', () => {
    const { steps } = departureOf({ ...NOTHING, orphans: 2, standaloneOrphans: 1 });
    expect(steps[0]?.details[1]).toBe('1 of them belongs to no service: nobody starts a copy.');
  });
});

describe('while it drains', () => {
  it('tells how many tasks are left and why', () => {
    const drained = { left: 1, reasons: ['service web still needs 1 task here'], isDone: false };
    const { isDone, steps } = departureOf({ ...NOTHING, status: 'DRAINING', drained });
    expect(isDone).toBe(false);
    expect(steps[0]).toMatchObject({
      title: 'Draining: 1 task left on it',
      details: ['Service web still needs 1 task here.'],
    });
  });

  it('is done when no task is left, however its services are', () => {
    const observed = {
      ...NOTHING,
      status: 'DRAINING',
      drained: { left: 0, reasons: [], isDone: true },
      replaced: [web],
    };
    expect(departureOf(observed).isDone).toBe(true);
  });
});
