import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { signInWith, takeToken } from './oneTimeLink';
import { session, signOut } from './session';

const sent = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();

beforeEach(() => {
  signOut();
  vi.stubGlobal('fetch', sent.mockReset());
});

afterEach(() => {
  vi.unstubAllGlobals();
  history.replaceState(null, '', '/');
});

test('the token is taken out of the address', () => {
  history.replaceState({ kept: 1 }, '', '/console/us-east-1/clusters?filter=a#sign-in=t0k-en_');
  const before = history.length;
  expect(takeToken()).toBe('t0k-en_');
  expect(location.href).toBe('http://localhost:3000/console/us-east-1/clusters?filter=a');
  expect(history.length).toBe(before);
  expect(history.state).toEqual({ kept: 1 });
  expect(takeToken()).toBeUndefined();
});

test('another hash stays', () => {
  history.replaceState(null, '', '/console/#part');
  expect(takeToken()).toBeUndefined();
  expect(location.hash).toBe('#part');
});

test('a good token signs in, and is in no address', async () => {
  const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  sent.mockResolvedValue(Response.json(keys));
  expect(await signInWith('t0ken')).toBeUndefined();
  expect(session()).toEqual(keys);
  expect(sent).toHaveBeenCalledWith(
    '/console/sign-in',
    expect.objectContaining({ method: 'POST', body: '{"token":"t0ken"}' }),
  );
});

test('a used one signs nobody in and says why', async () => {
  sent.mockResolvedValue(Response.json({ message: 'each is good once' }, { status: 403 }));
  expect(await signInWith('t0ken')).toBe('each is good once');
  expect(session()).toBeNull();
});

test('an answer that is none of ours says what it was', async () => {
  sent.mockResolvedValue(new Response('<h1>Bad gateway</h1>', { status: 502 }));
  expect(await signInWith('t0ken')).toContain('502');
  expect(session()).toBeNull();
});
