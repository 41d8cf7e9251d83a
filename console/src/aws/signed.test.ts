import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { setRegion } from '../session/region';
import { signIn, signOut } from '../session/session';
import { signedFetch } from './signed';

const KEYS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const SCOPE = '20150830/us-east-1/roadstead/aws4_request';

const sent = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2015-08-30T12:36:00Z') });
  vi.stubGlobal('fetch', sent.mockReset().mockResolvedValue(new Response()));
  setRegion('us-east-1');
  signIn(KEYS);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/* The signatures are botocore's for the same requests to http://localhost:3000. */

test('a GET with a query is signed as botocore signs it', async () => {
  await signedFetch({
    method: 'GET',
    path: '/events',
    query: { since: '10m', cluster: ['a b', 'c'] },
  });
  const [url, init] = sent.mock.calls[0] ?? [];
  expect(new URLSearchParams(url?.split('?')[1]).getAll('cluster')).toEqual(['a b', 'c']);
  expect(url).not.toContain('+');
  expect(init?.headers).toMatchObject({
    'x-amz-date': '20150830T123600Z',
    authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${SCOPE}, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=b063c39716ee2dad6210f6919c9b1d96c19e2a29d9e22ba160bf73105db16c59`,
  });
});

test('a POST is signed with its body and headers', async () => {
  await signedFetch({
    method: 'POST',
    path: '/',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'Roadstead_20261121.PlanChange',
    },
    body: '{"a":1}',
  });
  const [url, init] = sent.mock.calls[0] ?? [];
  expect(url).toBe('/');
  expect(init?.body).toBe('{"a":1}');
  expect(init?.headers).toMatchObject({
    authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${SCOPE}, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-target, Signature=8047c2489fa7faf2be527b8949fb44ac1b0441ad6add50507aca0ae7126ee55d`,
  });
});

test('the browser alone says which host is meant, and nothing secret is sent', async () => {
  await signedFetch({ method: 'GET', path: '/changes' });
  const [url, init] = sent.mock.calls[0] ?? [];
  expect(Object.keys(init?.headers ?? {})).not.toContain('host');
  expect(JSON.stringify([url, init])).not.toContain(KEYS.secretAccessKey);
});

test('keys on trial are used instead of those of who is signed in', async () => {
  signOut();
  await signedFetch({
    method: 'GET',
    path: '/changes',
    keys: { ...KEYS, accessKeyId: 'AKIDTRIAL' },
  });
  expect(JSON.stringify(sent.mock.calls[0]?.[1])).toContain('Credential=AKIDTRIAL/');
});

test('without keys nothing is sent', async () => {
  signOut();
  await expect(signedFetch({ method: 'GET', path: '/changes' })).rejects.toThrow('signed in');
  expect(sent).not.toHaveBeenCalled();
});
