import { expect, test } from 'vitest';
import { headingOf, tellsOfRoom } from './explanations';

test('the heading says how a service is, and an outcome that is not known is none', () => {
  const text = (explained: object) => headingOf({ serviceName: 'web', ...explained }).text;
  expect(text({ isSteady: true, outcome: 'SETTLED' })).toBe('web is steady');
  expect(text({ outcome: 'WAITS_FOR_ROOM' })).toBe('web waits for room');
  expect(text({ outcome: 'SOMETHING_NEW' })).toBe('web is not steady yet');
  expect(text({ status: 'INACTIVE' })).toBe('web is deleted');
  expect(text({ deployments: [{ failedTasks: 2 }] })).toBe('web is not steady: tasks fail');
  const deployments = [{ status: 'PRIMARY', rolloutState: 'FAILED' }];
  expect(text({ deployments })).toBe('The deployment of web failed');
});

test("placement's table is shown when no instance is able", () => {
  expect(tellsOfRoom({ placement: { able: 0, registered: 3 } })).toBe(true);
  expect(tellsOfRoom({ placement: { able: 2 } })).toBe(false);
  expect(tellsOfRoom({})).toBe(false);
});
