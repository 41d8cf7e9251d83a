import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { openPage } from '../../test.page';

test('a list of events is not titled as the tab that it is in', async () => {
  openPage('/clusters/default/services/web/events', {
    DescribeServices: { services: [{ serviceName: 'web', status: 'ACTIVE' }] },
  });
  expect(await screen.findByRole('table', { name: 'Service events' })).toBeTruthy();
  expect(screen.getAllByText('Events')).toHaveLength(1);
});
