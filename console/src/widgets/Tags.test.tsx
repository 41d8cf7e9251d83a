import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { MemoryRouter } from 'react-router';
import { expect, test } from 'vitest';
import { NotificationsProvider } from '../app/notifications';
import { Tags } from './Tags';

test('the commands remove tags before they add others, as the button does', async () => {
  const user = userEvent.setup();
  render(
    <MemoryRouter>
      <NotificationsProvider>
        <Tags arn="arn:c" tags={[{ key: 'stack', value: 'prod' }]} of="cluster c" />
      </NotificationsProvider>
    </MemoryRouter>,
  );
  await user.click(screen.getByRole('button', { name: 'Manage tags' }));
  const copy = () => screen.getByRole('button', { name: /Copy as AWS CLI command/ });
  expect(copy().getAttribute('aria-disabled')).toBe('true');
  await user.click(screen.getByRole('button', { name: 'Remove tag stack' }));
  await user.click(screen.getByRole('button', { name: 'Add tag' }));
  await user.type(screen.getByPlaceholderText('stack'), 'team');
  await user.click(copy());
  const [untag, tag] = (await navigator.clipboard.readText()).split(/\n(?=aws)/);
  expect(untag).toContain('aws ecs untag-resource');
  expect(untag).toContain('--tag-keys stack');
  expect(tag).toContain('aws ecs tag-resource');
  expect(tag).toContain('[{"key":"team","value":""}]');
});
