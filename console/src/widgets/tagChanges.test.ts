import { expect, it } from 'vitest';
import { changedTags, removedKeys } from './tagChanges';

const BEFORE = [{ key: 'stack', value: 'prod' }, { key: 'owner', value: 'me' }, { key: 'old' }];
const AFTER = [{ key: 'stack', value: 'test' }, { key: 'owner', value: 'me' }, { key: 'new' }];

it('sends only tags that are new or have another value', () => {
  expect(changedTags(BEFORE, AFTER)).toEqual([{ key: 'stack', value: 'test' }, { key: 'new' }]);
  expect(changedTags(BEFORE, BEFORE)).toEqual([]);
});

it('removes the keys that are no longer wanted', () => {
  expect(removedKeys(BEFORE, AFTER)).toEqual(['old']);
});
