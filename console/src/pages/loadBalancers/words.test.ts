import { expect, test } from 'vitest';
import { actionInWords, conditionsInWords, targetsOf } from './words';

test('conditions read as a sentence', () => {
  const rule = {
    Conditions: [
      { Field: 'host-header', HostHeaderConfig: { Values: ['a.example', 'b.example'] } },
      { Field: 'path-pattern', Values: ['/api/*'] },
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Kind', Values: ['blue'] } },
      { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'v', Value: '2' }] } },
    ],
  };
  expect(conditionsInWords(rule)).toBe(
    'host is a.example or b.example and path is /api/* and header X-Kind is blue and query has v=2',
  );
  expect(conditionsInWords({ IsDefault: true })).toBe('everything else');
});

test('a condition of a kind we do not know is shown by its name', () => {
  expect(conditionsInWords({ Conditions: [{ Field: 'moon-phase', Values: ['full'] }] })).toBe(
    'moon-phase is full',
  );
});

test('weights become shares', () => {
  const groups = [
    { TargetGroupArn: 'a', Weight: 1 },
    { TargetGroupArn: 'b', Weight: 3 },
  ];
  const shares = targetsOf({ Type: 'forward', ForwardConfig: { TargetGroups: groups } });
  expect(shares.map(({ percent }) => percent)).toEqual([25, 75]);
  expect(targetsOf({ Type: 'forward', TargetGroupArn: 'a' })[0]?.percent).toBe(100);
  const none = [{ TargetGroupArn: 'a', Weight: 0 }];
  expect(targetsOf({ Type: 'forward', ForwardConfig: { TargetGroups: none } })[0]?.percent).toBe(0);
});

test('what leads to no target group is said', () => {
  expect(
    actionInWords({
      Type: 'fixed-response',
      FixedResponseConfig: { StatusCode: '503', MessageBody: 'later' },
    }),
  ).toBe('answer 503: later');
  expect(
    actionInWords({
      Type: 'redirect',
      RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' },
    }),
  ).toBe('redirect to https://#{host}:443/#{path} (301)');
  expect(actionInWords({ Type: 'dance' as never })).toBe('dance');
});
