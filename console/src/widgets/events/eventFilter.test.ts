import { expect, test } from 'vitest';
import { commandOf, type EventFilter, queryOf } from './eventFilter';

const NOTHING: EventFilter = { cluster: '', service: '', task: '', types: [], period: '15m' };

test('the command shows what the page shows', () => {
  expect(
    commandOf({ ...NOTHING, cluster: 'default', service: "it's", types: ['task', 'hook'] }),
  ).toBe(
    "roadstead events --follow --type task --type hook --cluster default --service 'it'\\''s' --since 15m",
  );
});

test('all that is kept is a long time for the command, which else shows only what is to come', () => {
  expect(commandOf({ ...NOTHING, period: 'all' })).toBe('roadstead events --follow --since 3650d');
  expect(queryOf({ ...NOTHING, period: 'all' }).sinceSeconds).toBeUndefined();
});

test('a period that is not known is the shortest', () => {
  expect(queryOf({ ...NOTHING, period: 'ages' }).sinceSeconds).toBe(900);
});
