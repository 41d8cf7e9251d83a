import { screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { openPage } from '../../test.page';

test('the form of a new task definition is there, and React has no complaint', async () => {
  const complained = vi.spyOn(console, 'error');
  openPage('/create-task-definition', {});
  expect(await screen.findByRole('button', { name: 'Add container' })).toBeTruthy();
  expect(complained).not.toHaveBeenCalled();
});
