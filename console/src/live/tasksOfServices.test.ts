import { expect, test } from 'vitest';
import { tasksOfServices } from './tasksOfServices';

const task = (cluster: string, group?: string) => ({
  taskArn: `arn:aws:ecs:us-east-1:1:task/${cluster}/1`,
  group,
});

test('tasks are wanted by service and cluster', () => {
  const { isWanted = () => true } = tasksOfServices([{ cluster: 'one', service: 'web' }]);
  expect(isWanted(task('one', 'service:web'))).toBe(true);
  expect(isWanted(task('one', 'service:webs'))).toBe(false);
  expect(isWanted(task('two', 'service:web'))).toBe(false);
  expect(isWanted(task('one'))).toBe(false);
  expect(isWanted({})).toBe(false);
});

test('changes of tasks in these clusters alone are followed', () => {
  const { isAbout } = tasksOfServices([{ cluster: 'one', service: 'web' }]);
  const change = (kind: string, cluster: string) => ({
    kind,
    arn: 'a',
    cluster: `arn:aws:ecs:us-east-1:1:cluster/${cluster}`,
  });
  expect(isAbout(change('task', 'one'))).toBe(true);
  expect(isAbout(change('task', 'two'))).toBe(false);
  expect(isAbout(change('service', 'one'))).toBe(false);
  expect(isAbout({ kind: 'task', arn: 'a' })).toBe(false);
});

test('of no service nothing is asked', async () => {
  const pages = [];
  for await (const page of tasksOfServices([]).list(new AbortController().signal)) pages.push(page);
  expect(pages).toEqual([]);
});
