import { act, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Connection } from '../live/changes';
import { PageBoundary } from './PageBoundary';

let connection: Connection;
const watchers = new Set<() => void>();

vi.mock('../live/changes', () => ({
  connectionNow: () => connection,
  onConnection: (watcher: () => void) => {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  },
}));

function become(next: Connection): void {
  connection = next;
  act(() => {
    for (const watcher of watchers) watcher();
  });
}

function Unloaded(): ReactNode {
  throw new TypeError('Failed to fetch dynamically imported module');
}

let root: Root;
const back = vi.fn();

function show(children: ReactNode): string {
  act(() => root.render(<PageBoundary onBack={back}>{children}</PageBoundary>));
  return document.body.textContent ?? '';
}

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  connection = 'live';
  back.mockReset();
  root = createRoot(document.body.appendChild(document.createElement('div')));
});

afterEach(() => {
  act(() => root.unmount());
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

test('a page that cannot be loaded while nothing answers comes when something does', () => {
  connection = 'away';
  expect(show(<Unloaded />)).toContain('does not answer');
  expect(back).not.toHaveBeenCalled();
  become('live');
  expect(back).toHaveBeenCalledTimes(1);
});

test('that nothing answers may be noticed after the page failed', () => {
  expect(show(<Unloaded />)).toContain('could not be shown');
  become('away');
  expect(document.body.textContent).toContain('does not answer');
  become('live');
  expect(back).toHaveBeenCalledTimes(1);
});

test('a page that fails though all is there is not loaded again and again', () => {
  show(<Unloaded />);
  become('polling');
  become('live');
  expect(back).not.toHaveBeenCalled();
});

test('a page that is shown stays as it is', () => {
  expect(show(<p>Clusters</p>)).toContain('Clusters');
  become('away');
  become('live');
  expect(back).not.toHaveBeenCalled();
  expect(document.body.textContent).toContain('Clusters');
});
