import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { announce } from './changes';
import { concerns, refreshByChanges, useLiveQuery } from './useLiveQuery';

const CLUSTER = 'arn:aws:ecs:us-east-1:1:cluster/default';
const TASK = { kind: 'task', arn: 'arn:aws:ecs:us-east-1:1:task/default/1', cluster: CLUSTER };
const WEB_7 = { kind: 'task-definition', arn: 'arn:aws:ecs:us-east-1:1:task-definition/web:7' };

describe('what a change concerns', () => {
  test('everything concerns everything', () => {
    expect(concerns(null, { kinds: [] })).toBe(true);
  });

  test('its own kind alone', () => {
    expect(concerns([TASK], { kinds: ['service', 'task'] })).toBe(true);
    expect(concerns([TASK], { kinds: ['service'] })).toBe(false);
    expect(concerns([], { kinds: ['task'] })).toBe(false);
    expect(concerns([TASK], undefined)).toBe(false);
  });

  test.each([
    ['its ARN', TASK, TASK.arn, true],
    ['its id', TASK, '1', true],
    ["its cluster's ARN", TASK, CLUSTER, true],
    ["its cluster's name", TASK, 'default', true],
    ['the end of its id', TASK, 'lt/1', false],
    ['another cluster', TASK, 'other', false],
    ['its family', WEB_7, 'web', true],
    ['a family whose name begins alike', WEB_7, 'we', false],
    ['its revision', WEB_7, 'web:7', true],
    ['another revision', WEB_7, 'web:71', false],
  ])('with %s', (_, change, name, expected) => {
    expect(concerns([change], { kinds: [change.kind], arns: [name] })).toBe(expected);
  });
});

describe('a live query', () => {
  let end = () => {};

  function shown(ask: () => Promise<string>, arns?: string[]) {
    const client = new QueryClient();
    end = refreshByChanges(client);
    const wrapper = ({ children }: { children: ReactNode }) => (
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    );
    return renderHook(() => useLiveQuery({ key: ['q'], kinds: ['task'], arns, ask }), { wrapper });
  }

  afterEach(() => end());

  test('is asked anew when what it shows changed, once for many changes', async () => {
    let answer = 'one';
    const ask = vi.fn(async () => answer);
    const { result } = shown(ask, ['default']);
    await waitFor(() => expect(result.current.data).toBe('one'));
    answer = 'two';
    act(() => {
      announce([TASK]);
      announce([{ ...TASK, arn: `${TASK.arn}2` }]);
      announce([WEB_7]);
    });
    await waitFor(() => expect(result.current.data).toBe('two'));
    expect(ask).toHaveBeenCalledTimes(2);
  });

  test('keeps what it shows when it is refused, and says why', async () => {
    let isRefused = false;
    const { result } = shown(async () => {
      if (isRefused) throw Object.assign(new Error('no'), { name: 'ServerException' });
      return 'one';
    });
    await waitFor(() => expect(result.current.data).toBe('one'));
    isRefused = true;
    act(() => announce(null));
    await waitFor(() => expect(result.current.error?.code).toBe('ServerException'));
    expect(result.current.data).toBe('one');
  });
});
