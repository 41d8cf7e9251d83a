import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { MemoryRouter, useLocation } from 'react-router';
import { expect, test, vi } from 'vitest';
import { type Column, ItemTable } from './ItemTable';

interface Task {
  readonly id: string;
  readonly cpu: number;
}

const COLUMNS: readonly Column<Task>[] = [
  { id: 'id', header: 'Task', value: ({ id }) => id, cell: ({ id }) => id },
  { id: 'cpu', header: 'CPU', value: ({ cpu }) => cpu, cell: ({ cpu }) => cpu },
];
const MANY = Array.from({ length: 10_000 }, (_, number) => ({
  id: `task-${String(number).padStart(5, '0')}`,
  cpu: (number * 7919) % 10_007,
}));
const EMPTY = <>There are none yet.</>;

let address = '';
function Address() {
  address = useLocation().search;
  return null;
}

type Props = Partial<Parameters<typeof ItemTable<Task>>[0]>;

function show(more: Props = {}, at = '/') {
  const table = (props: Props) => (
    <MemoryRouter initialEntries={[at]}>
      <Address />
      <ItemTable
        title="Tasks"
        items={MANY}
        columns={COLUMNS}
        idOf={({ id }) => id}
        empty={EMPTY}
        {...props}
      />
    </MemoryRouter>
  );
  const { rerender } = render(table(more));
  return (props: Props) => rerender(table(props));
}

/** The ids in the rows, in order. */
function ids(): string[] {
  const [, ...rows] = within(screen.getByRole('table')).getAllByRole('row');
  return rows.map((row) => row.querySelector('td')?.textContent ?? '');
}

test('10,000 items are a page of 50 rows and a count', () => {
  show();
  expect(ids()).toEqual(MANY.slice(0, 50).map(({ id }) => id));
  expect(screen.getByText('(10000)')).toBeTruthy();
});

test('the filter leaves what matches, says how many, and stands in the address', async () => {
  show();
  await userEvent.type(screen.getByLabelText('Filter tasks'), 'task-0123');
  await waitFor(() => expect(ids()).toHaveLength(10));
  expect(ids()[0]).toBe('task-01230');
  expect(screen.getAllByText('10 matches')).toBeTruthy();
  await waitFor(() => expect(address).toBe('?filter=task-0123'));
});

test('a link with a filter shows what it showed', () => {
  show({}, '/?filter=task-09999');
  expect(ids()).toEqual(['task-09999']);
});

test('what matches nothing says so and not that there is nothing', async () => {
  show({}, '/?filter=nowhere');
  expect(screen.queryByText('There are none yet.')).toBeNull();
  expect(screen.getByText('No matches')).toBeTruthy();
});

test('a column sorts all items, not only those of the page', async () => {
  show();
  await userEvent.click(screen.getByRole('button', { name: /CPU/ }));
  const byCpu = MANY.toSorted((a, b) => a.cpu - b.cpu);
  await waitFor(() => expect(ids()).toEqual(byCpu.slice(0, 50).map(({ id }) => id)));
  await userEvent.click(screen.getByRole('button', { name: /CPU/ }));
  const back = byCpu.toReversed();
  await waitFor(() => expect(ids()).toEqual(back.slice(0, 50).map(({ id }) => id)));
});

test('pages follow each other', async () => {
  show();
  await userEvent.click(screen.getByRole('button', { name: 'Next page' }));
  await waitFor(() => expect(ids()[0]).toBe('task-00050'));
});

test('one item that changes is drawn anew', async () => {
  const again = show({ items: MANY.slice(0, 3) });
  const [first, ...rest] = MANY.slice(0, 3);
  again({ items: [...(first ? [{ ...first, cpu: 123_456 }] : []), ...rest] });
  await waitFor(() => expect(screen.getByText('123456')).toBeTruthy());
});

test('nothing there teaches, a refusal says why and can be asked again', async () => {
  const again = show({ items: [] });
  expect(screen.getByText('There are none yet.')).toBeTruthy();
  const onRetry = vi.fn();
  const failure = { code: 'ServerException', message: 'out of order', requestId: 'r-1' };
  again({ items: [], failure, onRetry });
  await waitFor(() => expect(screen.getByText(/out of order/)).toBeTruthy());
  expect(document.body.textContent).toContain('ServerException');
  expect(document.body.textContent).toContain('r-1');
  await userEvent.click(screen.getByRole('button', { name: /again|retry/i }));
  expect(onRetry).toHaveBeenCalledOnce();
});

test('while it loads it says what, and while more comes how far it is', async () => {
  const again = show({ items: [], isLoading: true });
  expect(document.body.textContent).toContain('Loading tasks');
  again({ items: MANY.slice(0, 5), isLoading: true, listed: 10_000 });
  await waitFor(() => expect(screen.getByText(/5 of 10000/)).toBeTruthy());
});

test('what is selected is told', async () => {
  const onSelect = vi.fn();
  const items = MANY.slice(0, 3);
  show({ items, selection: { type: 'multi', selected: [], onSelect } });
  await userEvent.click(screen.getByRole('checkbox', { name: 'Select task-00001' }));
  expect(onSelect).toHaveBeenCalledWith([MANY[1]]);
});
