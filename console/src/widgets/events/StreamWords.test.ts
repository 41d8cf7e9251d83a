import { expect, test } from 'vitest';
import { stateWords } from './StreamWords';

test('says what holds the stream up before anything else', () => {
  expect(stateWords({ at: 'live' }, false, 0)).toEqual({ type: 'success', text: 'Following' });
  expect(stateWords({ at: 'live' }, true, 37).text).toBe('Paused · 37 new');
  expect(stateWords({ at: 'away', why: 'It broke.' }, true, 3).text).toMatch(/^It broke\./);
  const failure = { code: 'AccessDeniedException', message: 'No.' };
  expect(stateWords({ at: 'refused', failure }, true, 0).type).toBe('error');
});
