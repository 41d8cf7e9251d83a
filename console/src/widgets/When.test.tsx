// @vitest-environment jsdom
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { When } from './When';

// The module reads the clock when it is loaded: one of these is before that moment, the other after it.
describe.each([new Date('2001-01-01T12:00:00Z'), new Date('2101-01-01T12:00:00Z')])(
  'When, at %s',
  (begin) => {
    beforeEach(() => vi.useFakeTimers({ now: begin }));
    afterEach(() => {
      cleanup();
      vi.useRealTimers();
    });

    test('what happens now is not to come, however long no page told the time', () => {
      render(<When at={begin} />);
      expect(screen.getByText('just now')).toBeTruthy();
      cleanup();
      vi.advanceTimersByTime(10_000);
      render(<When at={new Date()} />);
      expect(screen.getByText('just now')).toBeTruthy();
    });

    test('a moment that is to come is told so', () => {
      vi.advanceTimersByTime(60_000);
      render(<When at={new Date(Date.now() + 5_000)} />);
      expect(screen.getByText('in 5 s')).toBeTruthy();
    });
  },
);
