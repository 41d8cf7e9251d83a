import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FilterBox } from './FilterBox';

let root: Root;

beforeEach(() => {
  root = createRoot(document.body.appendChild(document.createElement('div')));
});

afterEach(() => {
  act(() => root.unmount());
  document.body.replaceChildren();
});

function show(text: string): void {
  act(() => root.render(<FilterBox of="tasks" text={text} matches={1} onFilter={vi.fn()} />));
}

function input(): HTMLInputElement {
  const found = document.querySelector('input');
  if (!found) throw new Error('there is no input');
  return found;
}

function type(text: string): void {
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
  act(() => {
    set?.call(input(), text);
    input().dispatchEvent(new Event('input', { bubbles: true }));
  });
}

test('what is typed while the list still works on what was typed before is not lost', () => {
  show('');
  type('w');
  type('we');
  show('w');
  expect(input().value).toBe('we');
  show('we');
  expect(input().value).toBe('we');
});

test('a link that changes the filter changes what is in the box', () => {
  show('web');
  type('webs');
  show('webs');
  show('api');
  expect(input().value).toBe('api');
  show('');
  expect(input().value).toBe('');
});
