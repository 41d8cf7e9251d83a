import { expect, test } from 'vitest';
import { targetGroupsOf } from './targetGroups';

test('the target groups of a service are those of both of its sides, each once', () => {
  const entry = {
    targetGroupArn: 'blue',
    advancedConfiguration: {
      alternateTargetGroupArn: 'green',
      productionListenerRule: '',
      roleArn: '',
    },
  };
  expect(targetGroupsOf({ loadBalancers: [entry, { targetGroupArn: 'blue' }] })).toEqual([
    'blue',
    'green',
  ]);
  expect(targetGroupsOf({ loadBalancers: [{ loadBalancerName: 'classic' }] })).toEqual([]);
  expect(targetGroupsOf({})).toEqual([]);
});
