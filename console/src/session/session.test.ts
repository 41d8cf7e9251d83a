import { beforeEach, expect, test, vi } from 'vitest';

const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };

/** The module as a tab that was just opened has it. */
const opened = () => import('./session');

beforeEach(() => {
  vi.resetModules();
});

test('nobody is signed in in a new tab', async () => {
  const { session } = await opened();
  expect(session()).toBeNull();
});

test('keys are in session storage and nowhere else', async () => {
  const { session, signIn } = await opened();
  signIn({ ...KEYS, message: 'of an answer' } as typeof KEYS);
  expect(session()).toEqual(KEYS);
  expect(JSON.parse(sessionStorage.getItem('roadstead.session') ?? '')).toEqual(KEYS);
  expect(sessionStorage).toHaveLength(1);
  expect(localStorage).toHaveLength(0);
});

test('a reload does not sign out', async () => {
  (await opened()).signIn(KEYS);
  vi.resetModules();
  expect((await opened()).session()).toEqual(KEYS);
});

test('who signs out leaves nothing', async () => {
  const { session, signIn, signOut } = await opened();
  signIn(KEYS);
  signOut();
  expect(session()).toBeNull();
  expect(sessionStorage).toHaveLength(0);
});

test.each(['{', '7', 'null', '{"accessKeyId":"a"}', '{"accessKeyId":1,"secretAccessKey":"b"}'])(
  'what is no session is none: %s',
  async (stored) => {
    sessionStorage.setItem('roadstead.session', stored);
    expect((await opened()).session()).toBeNull();
  },
);

test('whoever wants to know is told', async () => {
  const { onSession, signIn, signOut } = await opened();
  const told = vi.fn();
  const end = onSession(told);
  signIn(KEYS);
  signOut();
  end();
  signIn(KEYS);
  expect(told).toHaveBeenCalledTimes(2);
});
