import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { setRegion } from '../session/region';
import { signIn } from '../session/session';
import { announce, connectionNow, followChanges } from './changes';
import { Collection, type Source } from './collection';

interface Task {
  readonly id: string;
  readonly status: string;
}

/** A server with tasks, which counts what it is asked. */
class Server {
  readonly tasks = new Map<string, string>();
  readonly described: (readonly string[])[] = [];
  lists = 0;
  pageSize = 100;
  refuses: 'list' | 'describe' | undefined;
  /** Called after each page of a list. */
  betweenPages = () => {};

  put(...ids: string[]): void {
    for (const id of ids) this.tasks.set(id, 'RUNNING');
  }

  source(more: Partial<Source<Task>> = {}): Source<Task> {
    const server = this;
    return {
      async *list() {
        server.lists++;
        const all = [...server.tasks.keys()];
        for (let from = 0; from < all.length; from += server.pageSize) {
          await Promise.resolve();
          if (server.refuses === 'list') throw { code: 'ServerException', message: 'no' };
          yield all.slice(from, from + server.pageSize);
          server.betweenPages();
        }
      },
      async describe(ids) {
        server.described.push(ids);
        if (server.refuses === 'describe') throw { code: 'ServerException', message: 'no' };
        return ids.flatMap((id) => {
          const status = server.tasks.get(id);
          return status ? [{ id, status }] : [];
        });
      },
      describeMax: 100,
      idOf: ({ id }) => id,
      isAbout: ({ kind }) => kind === 'task',
      ...more,
    };
  }
}

const change = (arn: string, kind = 'task') => announce([{ kind, arn }]);
const settle = (ms = 500) => vi.advanceTimersByTimeAsync(ms);

let server: Server;
let leave: () => void;
let endStream: () => void;

/** Answers `/changes` with a stream on which nothing happens, until it is taken away. */
async function stream(): Promise<void> {
  const body = (signal: AbortSignal) =>
    new ReadableStream({
      start(one) {
        one.enqueue(LIFE);
        signal.addEventListener('abort', () => one.error(signal.reason));
      },
    });
  vi.stubGlobal('fetch', async (_: string, { signal }: { signal: AbortSignal }) => {
    return new Response(body(signal));
  });
  endStream = followChanges();
  await vi.waitFor(() => expect(connectionNow()).toBe('live'));
}

const LIFE = new TextEncoder().encode(': alive\n\n');

function shown(collection: Collection<Task>): string[] {
  return collection.snapshot().items.map(({ id, status }) => `${id} ${status}`);
}

async function followed(more?: Partial<Source<Task>>): Promise<Collection<Task>> {
  const collection = new Collection(server.source(more));
  leave = collection.subscribe(() => {});
  await settle();
  return collection;
}

beforeEach(async () => {
  vi.useFakeTimers();
  setRegion('us-east-1');
  signIn({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' });
  server = new Server();
  await stream();
});

afterEach(async () => {
  leave();
  endStream();
  await settle(60_000);
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('lists all pages and describes at most so many at once', async () => {
  server.put(...Array.from({ length: 250 }, (_, number) => `t${number}`));
  server.pageSize = 120;
  const collection = await followed();
  expect(collection.snapshot()).toMatchObject({ listed: 250, isLoading: false });
  expect(collection.snapshot().items).toHaveLength(250);
  expect(server.described.map(({ length }) => length)).toEqual([100, 20, 100, 20, 10]);
});

test('asks only for what changed', async () => {
  server.put('a', 'b');
  const collection = await followed();
  server.tasks.set('a', 'STOPPED');
  change('a');
  await settle();
  expect(shown(collection)).toEqual(['a STOPPED', 'b RUNNING']);
  expect(server.lists).toBe(1);
  expect(server.described.at(-1)).toEqual(['a']);
});

test('changes within a moment are one question', async () => {
  server.put('a', 'b');
  await followed();
  const before = server.described.length;
  change('a');
  change('b');
  change('a');
  change('s', 'service');
  await settle();
  expect(server.described.slice(before)).toEqual([['a', 'b']]);
});

test('what is new comes, and what is gone goes', async () => {
  server.put('a', 'b');
  const collection = await followed();
  server.put('c');
  server.tasks.delete('a');
  change('a');
  change('c');
  await settle();
  expect(shown(collection)).toEqual(['b RUNNING', 'c RUNNING']);
  expect(collection.snapshot().listed).toBe(2);
});

test('what is not wanted is not kept', async () => {
  server.put('a', 'b');
  const collection = await followed({ isWanted: ({ status }) => status !== 'STOPPED' });
  server.tasks.set('a', 'STOPPED');
  change('a');
  await settle();
  expect(shown(collection)).toEqual(['b RUNNING']);
});

test('after a gap all is asked anew, and what went unnoticed is gone', async () => {
  server.put('a', 'b');
  const collection = await followed();
  server.tasks.delete('a');
  server.put('c');
  announce(null);
  await settle();
  expect(server.lists).toBe(2);
  expect(shown(collection)).toEqual(['b RUNNING', 'c RUNNING']);
});

test('what begins while the list is being read stays', async () => {
  server.put('a', 'b');
  server.pageSize = 1;
  let release = () => {};
  const collection = new Collection(
    server.source({
      async describe(ids) {
        if (ids.includes('b')) await new Promise<void>((resolve) => (release = resolve));
        return ids.map((id) => ({ id, status: 'RUNNING' }));
      },
    }),
  );
  leave = collection.subscribe(() => {});
  await settle();
  change('new');
  await settle();
  release();
  await settle();
  expect(shown(collection).toSorted()).toEqual(['a RUNNING', 'b RUNNING', 'new RUNNING']);
});

test('a refusal is told, and asked again until there is an answer', async () => {
  server.put('a');
  server.refuses = 'describe';
  const collection = await followed();
  expect(collection.snapshot()).toMatchObject({
    isLoading: false,
    failure: { code: 'ServerException' },
  });
  server.refuses = undefined;
  await settle(6_000);
  expect(shown(collection)).toEqual(['a RUNNING']);
  expect(collection.snapshot().failure).toBeUndefined();
});

test('a refusal between two pages does not get lost', async () => {
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  server.put('a', 'b');
  server.pageSize = 1;
  server.refuses = 'describe';
  server.betweenPages = () => {
    server.refuses = undefined;
  };
  const collection = await followed();
  expect(collection.snapshot().failure).toMatchObject({ code: 'ServerException' });
  await settle(6_000);
  expect(shown(collection).toSorted()).toEqual(['a RUNNING', 'b RUNNING']);
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

test('a refused refresh keeps what there is, says so, and is repeated', async () => {
  server.put('a');
  const collection = await followed();
  server.refuses = 'describe';
  server.tasks.set('a', 'STOPPED');
  change('a');
  await settle();
  expect(shown(collection)).toEqual(['a RUNNING']);
  expect(collection.snapshot().failure).toMatchObject({ code: 'ServerException' });
  server.refuses = undefined;
  await settle(6_000);
  expect(shown(collection)).toEqual(['a STOPPED']);
  expect(collection.snapshot().failure).toBeUndefined();
});

test('without the stream it lists again from time to time', async () => {
  server.put('a');
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
  const collection = await followed();
  await settle(60_000); // the silence of the stream is noticed
  expect(connectionNow()).not.toBe('live');
  server.put('b');
  await settle(6_000);
  expect(shown(collection)).toEqual(['a RUNNING', 'b RUNNING']);
});

test('asks nothing once nobody looks for a while, and all when somebody does again', async () => {
  server.put('a');
  const collection = await followed();
  leave();
  await settle(60_000);
  const lists = server.lists;
  server.put('b');
  change('b');
  await settle(60_000);
  expect(server.lists).toBe(lists);
  leave = collection.subscribe(() => {});
  await settle();
  expect(shown(collection)).toEqual(['a RUNNING', 'b RUNNING']);
});
