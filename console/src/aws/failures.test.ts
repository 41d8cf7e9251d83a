import { expect, test } from 'vitest';
import { failureOf, isAboutKeys } from './failures';

test("an SDK's error gives AWS's code, message and request id", () => {
  const error = Object.assign(new Error('Cluster not found.'), {
    name: 'ClusterNotFoundException',
    $metadata: { requestId: 'r-1', httpStatusCode: 400 },
  });
  expect(failureOf(error)).toEqual({
    code: 'ClusterNotFoundException',
    message: 'Cluster not found.',
    requestId: 'r-1',
  });
});

test('what is a failure already stays as it is', () => {
  const failure = { code: 'ServerException', message: 'no', requestId: 'r-2' };
  expect(failureOf(failure)).toBe(failure);
});

test('no answer at all says what to do', () => {
  const failure = failureOf(new TypeError('Failed to fetch'));
  expect(failure.code).toBe('Unreachable');
  expect(failure.message).toContain('roadstead up');
});

test('that an SDK has tried three times is no answer', () => {
  const error = Object.assign(new TypeError('Failed to fetch'), { $metadata: { attempts: 3 } });
  expect(failureOf(error).code).toBe('Unreachable');
});

test('a TypeError that the server answered to is none of the network', () => {
  const error = Object.assign(new TypeError('odd'), { $metadata: { requestId: 'r-3' } });
  expect(failureOf(error)).toMatchObject({ code: 'TypeError', requestId: 'r-3' });
});

test.each([undefined, null, 'text', 7, {}])(
  'anything thrown has a code and a message: %s',
  (one) => {
    const { code, message } = failureOf(one);
    expect(code).not.toBe('');
    expect(message).not.toBe('');
  },
);

test('keys are the reason, or they are not', () => {
  expect(isAboutKeys({ code: 'UnrecognizedClientException', message: '' })).toBe(true);
  expect(isAboutKeys({ code: 'AccessDeniedException', message: '' })).toBe(true);
  expect(isAboutKeys({ code: 'Unreachable', message: '' })).toBe(false);
});

test('of a wrong secret one reads that it is wrong, not what was signed', () => {
  const error = Object.assign(
    new Error(
      "The signature does not match.\n\nThe Canonical String for this request should have been\n'POST …'",
    ),
    { name: 'InvalidSignatureException', $metadata: { requestId: 'r-4' } },
  );
  expect(failureOf(error).message).toBe('The signature does not match.');
});

test.each(['Unknown', 'UnknownError'])('an answer of a proxy, %s, is told as one', (name) => {
  const error = Object.assign(new Error('UnknownError'), {
    name,
    $metadata: { httpStatusCode: 502 },
  });
  expect(failureOf(error)).toMatchObject({ code: 'HTTP 502' });
  expect(failureOf(error).message).toContain('not the control plane');
});
