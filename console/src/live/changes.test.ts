import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { setRegion } from '../session/region';
import { signIn } from '../session/session';
import {
  announce,
  type Changes,
  changesOf,
  connectionNow,
  followChanges,
  onChanges,
  onConnection,
} from './changes';

/** One answer to `GET /changes` that a test writes while it is being read. */
class Stream {
  readonly #encoder = new TextEncoder();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  readonly body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      this.#controller = controller;
    },
  });

  write(text: string): void {
    this.#controller?.enqueue(this.#encoder.encode(text));
  }

  change(...changes: object[]): void {
    this.write(`event: change\ndata: ${JSON.stringify({ changes })}\n\n`);
  }

  close(): void {
    this.#controller?.close();
  }

  breakOff(): void {
    this.#controller?.error(new TypeError('network error'));
  }
}

const TASK = { kind: 'task', arn: 'arn:aws:ecs:us-east-1:1:task/default/1' };
const UNREACHABLE = () => Promise.reject(new TypeError('Failed to fetch'));
const settle = (ms = 50) => vi.advanceTimersByTimeAsync(ms);

let streams: Stream[];
let told: Changes[];
let ends: (() => void)[];
let answer: (init?: RequestInit) => Promise<Response>;
/** Of whatever is not the stream. */
let rest: () => Promise<Response>;

beforeEach(() => {
  vi.useFakeTimers();
  setRegion('us-east-1');
  signIn({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' });
  streams = [];
  told = [];
  answer = async (init) => {
    const stream = new Stream();
    streams.push(stream);
    init?.signal?.addEventListener('abort', () => stream.breakOff());
    return new Response(stream.body);
  };
  rest = async () => new Response('{}');
  vi.stubGlobal('fetch', (url: string, init?: RequestInit) =>
    url.includes('config.json') ? rest() : answer(init),
  );
  ends = [onChanges((changes) => told.push(changes))];
});

afterEach(() => {
  for (const end of ends) end();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function follow(): Promise<void> {
  ends.push(followChanges());
  await settle();
}

test('is live once the stream is open, and everything may have changed before', async () => {
  const seen: string[] = [];
  ends.push(onConnection(() => seen.push(connectionNow())));
  await follow();
  expect(seen).toEqual(['live']);
  expect(told).toEqual([null]);
});

test('tells of every change', async () => {
  await follow();
  streams[0]?.change(TASK);
  streams[0]?.change({ kind: 'service', arn: 's' }, TASK);
  await settle();
  expect(told.slice(1)).toEqual([[TASK], [{ kind: 'service', arn: 's' }, TASK]]);
});

test('the server may say that everything changed', () => {
  expect(changesOf('{"everything":true}')).toBeNull();
  expect(changesOf('{}')).toBeNull();
  expect(changesOf('{"changes":[]}')).toEqual([]);
});

test('signs of life and events it does not know change nothing', async () => {
  await follow();
  streams[0]?.write(': alive\n\nevent: fashion\ndata: {}\n\n');
  await settle();
  expect(told).toEqual([null]);
});

test.each([
  ['breaks off', (stream: Stream) => stream.breakOff()],
  ['closes', (stream: Stream) => stream.close()],
  ['says that it ends', (stream: Stream) => stream.write('event: end\ndata: {}\n\n')],
])('connects again when the stream %s, and asks for everything', async (_, end) => {
  await follow();
  const [first] = streams;
  if (first) end(first);
  await settle();
  expect(connectionNow()).toBe('polling');
  await settle(1_000);
  expect(connectionNow()).toBe('live');
  expect(streams).toHaveLength(2);
  expect(told).toEqual([null, null]);
  streams[1]?.change(TASK);
  await settle();
  expect(told.at(-1)).toEqual([TASK]);
});

test('tries again later and later, but never gives up', async () => {
  const tries = vi.fn(UNREACHABLE);
  answer = tries;
  await follow();
  await settle(20_000);
  const soon = tries.mock.calls.length;
  expect(soon).toBeGreaterThan(4);
  expect(soon).toBeLessThan(10);
  await settle(60_000);
  expect(tries.mock.calls.length - soon).toBe(12); // every 5 s
  expect(connectionNow()).toBe('polling');
});

test.each([
  ['nothing answers', UNREACHABLE],
  ['a proxy answers', async () => new Response('<h1>Bad gateway</h1>', { status: 502 })],
])('is away while %s, and live when it is back', async (_, gone) => {
  await follow();
  const back = answer;
  answer = gone;
  rest = gone;
  streams[0]?.breakOff();
  await settle();
  expect(connectionNow()).toBe('away');
  await settle(10_000);
  expect(connectionNow()).toBe('away');
  answer = back;
  await settle(5_000);
  expect(connectionNow()).toBe('live');
  expect(told).toEqual([null, null]);
});

test('silence for longer than the server is ever silent is a lost stream', async () => {
  await follow();
  await settle(30_000);
  streams[0]?.write(': alive\n\n');
  await settle(30_000);
  expect(streams).toHaveLength(1);
  answer = () => new Promise(() => {});
  await settle(11_000);
  expect(connectionNow()).toBe('polling');
});

test('keys that may not follow are not tried again', async () => {
  const tries = vi.fn(
    async () =>
      new Response('{"__type":"AccessDeniedException","message":"root only"}', { status: 403 }),
  );
  answer = tries;
  await follow();
  await settle(60_000);
  expect(tries).toHaveBeenCalledTimes(1);
  expect(connectionNow()).toBe('polling');
});

test('a server that has no such stream, or is out of order, is tried again', async () => {
  const tries = vi.fn(async () => new Response('<h1>Bad gateway</h1>', { status: 502 }));
  answer = tries;
  await follow();
  await settle(5_000);
  expect(tries.mock.calls.length).toBeGreaterThan(2);
});

test('ends with who follows, and the next one is not live yet', async () => {
  let signal: AbortSignal | null | undefined;
  const open = answer;
  answer = (init) => {
    signal = init?.signal;
    return open(init);
  };
  await follow();
  ends.pop()?.();
  expect(signal?.aborted).toBe(true);
  expect(connectionNow()).toBe('connecting');
  await settle(60_000);
  expect(streams).toHaveLength(1);
});

test('what was done here is told as the stream tells', () => {
  announce([TASK]);
  expect(told).toEqual([[TASK]]);
});
