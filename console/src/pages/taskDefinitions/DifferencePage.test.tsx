import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { openPage } from '../../test.page';

const arnOf = (revision: number) => `arn:aws:ecs:us-east-1:1:task-definition/web:${revision}`;

function openDifference(revisions: readonly number[]) {
  const taskDefinition = { taskDefinitionArn: arnOf(revisions[0] ?? 0), revision: revisions[0] };
  openPage('/task-definitions/web/difference', {
    ListTaskDefinitions: { taskDefinitionArns: revisions.map(arnOf) },
    DescribeTaskDefinition: { taskDefinition },
  });
}

test('an address that names no revisions is of the two newest ones', async () => {
  openDifference([1, 2, 3]);
  const title = 'Difference of web:2 and web:3';
  expect(await screen.findByRole('heading', { name: title })).toBeTruthy();
});

test('a family that is not there is told', async () => {
  openDifference([]);
  expect(await screen.findByText('There is no task definition web')).toBeTruthy();
});
