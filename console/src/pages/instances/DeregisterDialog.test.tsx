import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { openPage } from '../../test.page';

/** What is listed of a cluster is kept: each test has its own. */
async function openDialog(cluster: string, count: number) {
  const of = (kind: string, id: string) => `arn:aws:ecs:us-east-1:1:${kind}/${cluster}/${id}`;
  const instance = { containerInstanceArn: of('container-instance', 'c-1'), status: 'ACTIVE' };
  const tasks = Array.from({ length: count }, (_, index) => ({
    taskArn: of('task', `t-${index}`),
    containerInstanceArn: instance.containerInstanceArn,
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
  }));
  openPage(`/clusters/${cluster}/instances/c-1`, {
    DescribeContainerInstances: { containerInstances: [instance] },
    ListTasks: { taskArns: tasks.map(({ taskArn }) => taskArn) },
    DescribeTasks: { tasks },
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Deregister' }));
  return screen.findByRole('button', { name: 'Yes, Deregister' });
}

const refusal = () => document.body.textContent?.includes('ECS would refuse this');

test('what ECS would refuse is said above the button, and what helps; the button stays', async () => {
  const button = await openDialog('busy', 1);
  await waitFor(() => expect(refusal()).toBe(true));
  expect(document.body.textContent).toContain('1 task on it is not STOPPED');
  expect(document.body.textContent).toContain('drain it first');
  expect(button.getAttribute('disabled')).toBeNull();
  await userEvent.click(screen.getByRole('checkbox', { name: /Deregister by force/ }));
  expect(refusal()).toBe(false);
});

test('nothing is said of a refusal where no task is', async () => {
  await openDialog('idle', 0);
  expect(document.body.textContent).toContain('Tasks that run on it remain running');
  expect(refusal()).toBe(false);
});
