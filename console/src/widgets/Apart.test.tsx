import { render } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { Apart } from './Apart';

test('text has its place, nothing has none, and React has no complaint', () => {
  const complained = vi.spyOn(console, 'error');
  const { container } = render(
    <Apart size="m">
      What it means.
      {''}
      {undefined}
      {false}
      <b>Bold</b>
      {['x', 'y'].map((one) => (
        <i key={one}>{one}</i>
      ))}
    </Apart>,
  );
  const places = [...(container.firstElementChild?.children ?? [])];
  expect(places.map(({ textContent }) => textContent)).toEqual([
    'What it means.',
    'Bold',
    'x',
    'y',
  ]);
  expect(complained).not.toHaveBeenCalled();
});
