import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import { NotificationsProvider } from '../app/notifications';
import type { Call } from '../aws/call';
import { onChanges } from '../live/changes';
import { ConfirmDialog } from './ConfirmDialog';

const REFUSAL = Object.assign(new Error('It has running tasks.'), {
  name: 'InvalidParameterException',
  $metadata: { requestId: 'r-1' },
});

function open(send: () => Promise<object>, more: { word?: string; isBlocked?: boolean } = {}) {
  const call: Call<object> = {
    service: 'ecs',
    operation: 'DeregisterContainerInstance',
    input: { containerInstance: 'i-1', force: true },
    send,
  };
  const onDismiss = vi.fn();
  const onDone = vi.fn();
  render(
    <NotificationsProvider>
      <ConfirmDialog
        title="Deregister i-1"
        call={call}
        confirm="Yes, deregister"
        done="i-1 is deregistered"
        onDone={onDone}
        onDismiss={onDismiss}
        {...more}
      >
        What it means.
      </ConfirmDialog>
    </NotificationsProvider>,
  );
  return { onDismiss, onDone };
}

const confirm = () => screen.getByRole('button', { name: 'Yes, deregister' });

test('takes text alone, of which React does not complain', () => {
  const complained = vi.spyOn(console, 'error');
  open(async () => ({}));
  expect(screen.getByText('What it means.')).toBeTruthy();
  expect(complained).not.toHaveBeenCalled();
});

test('sends on confirmation, and has what changed shown', async () => {
  const changed = vi.fn();
  const end = onChanges(changed);
  const send = vi.fn(async () => ({ answer: 1 }));
  const { onDone, onDismiss } = open(send);
  expect(send).not.toHaveBeenCalled();
  await userEvent.click(confirm());
  await waitFor(() => expect(onDismiss).toHaveBeenCalledOnce());
  expect(send).toHaveBeenCalledOnce();
  expect(onDone).toHaveBeenCalledWith({ answer: 1 });
  expect(changed).toHaveBeenCalledWith(null);
  end();
});

test('does nothing when it is cancelled', async () => {
  const send = vi.fn(async () => ({}));
  const { onDismiss } = open(send);
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
  expect(onDismiss).toHaveBeenCalledOnce();
  expect(send).not.toHaveBeenCalled();
});

test('wants the word typed, and exactly that', async () => {
  const send = vi.fn(async () => ({}));
  open(send, { word: 'force' });
  const field = screen.getByLabelText(/type force/);
  await userEvent.click(confirm());
  await userEvent.type(field, 'Force{Enter}');
  await userEvent.clear(field);
  await userEvent.type(field, 'forc{Enter}');
  expect(send).not.toHaveBeenCalled();
  await userEvent.type(field, 'e{Enter}');
  await waitFor(() => expect(send).toHaveBeenCalledOnce());
});

test('waits while it is blocked, whatever is typed', async () => {
  const send = vi.fn(async () => ({}));
  open(send, { word: 'force', isBlocked: true });
  await userEvent.type(screen.getByLabelText(/type force/), 'force{Enter}');
  await userEvent.click(confirm());
  expect(send).not.toHaveBeenCalled();
});

test('is sent once, however often one clicks', async () => {
  const send = vi.fn(() => new Promise<object>(() => {}));
  open(send, { word: 'force' });
  await userEvent.type(screen.getByLabelText(/type force/), 'force{Enter}{Enter}');
  await userEvent.click(confirm());
  expect(send).toHaveBeenCalledOnce();
});

test('a refusal is shown in it, with code and request id, and it stays open', async () => {
  const { onDismiss } = open(() => Promise.reject(REFUSAL));
  await userEvent.click(confirm());
  await waitFor(() => expect(document.body.textContent).toContain('It has running tasks.'));
  expect(document.body.textContent).toContain('InvalidParameterException');
  expect(document.body.textContent).toContain('r-1');
  expect(onDismiss).not.toHaveBeenCalled();
});

test('its command is there to be copied before the word is typed, and not while it is blocked', async () => {
  const user = userEvent.setup();
  open(async () => ({}), { word: 'force' });
  const copy = () => screen.getByRole('button', { name: /Copy as AWS CLI command/ });
  await user.click(copy());
  expect(await navigator.clipboard.readText()).toContain('--container-instance i-1');
  cleanup();
  open(async () => ({}), { isBlocked: true });
  expect(copy().getAttribute('aria-disabled')).toBe('true');
});
