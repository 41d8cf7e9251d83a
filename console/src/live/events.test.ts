import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { setRegion } from '../session/region';
import { signIn } from '../session/session';
import type { EventQuery } from './eventStream';
import { EVENTS_KEPT_MAX, EventTail } from './events';

/** Answers `GET /events` with what the test writes, and notes what was asked. */
class Server {
  readonly asked: URLSearchParams[] = [];
  readonly signals: AbortSignal[] = [];
  refusal: { status: number; code: string } | undefined;
  isDown = false;
  readonly #encoder = new TextEncoder();
  #writer: ReadableStreamDefaultController<Uint8Array> | undefined;

  readonly fetch = async (url: string, { signal }: { signal: AbortSignal }) => {
    this.asked.push(new URL(url, 'http://here').searchParams);
    this.signals.push(signal);
    if (this.isDown) throw new TypeError('Failed to fetch');
    if (this.refusal) {
      const { status, code } = this.refusal;
      return new Response(JSON.stringify({ __type: code, message: 'No.' }), { status });
    }
    const body = new ReadableStream<Uint8Array>({
      start: (writer) => {
        this.#writer = writer;
        signal.addEventListener('abort', () => writer.error(signal.reason));
      },
    });
    return new Response(body);
  };

  write(text: string): void {
    this.#writer?.enqueue(this.#encoder.encode(text));
  }

  event(number: number): void {
    this.write(`id: ${number}\nevent: ECS Service Action\ndata: {"id":"e${number}"}\n\n`);
  }

  close(): void {
    this.#writer?.close();
  }
}

const settle = (ms = 400) => vi.advanceTimersByTimeAsync(ms);
let server: Server;
let leave: () => void;

async function follow(query: EventQuery = {}): Promise<EventTail> {
  const tail = new EventTail(query);
  leave = tail.subscribe(() => {});
  await settle();
  return tail;
}

const ids = (tail: EventTail) => tail.snapshot().events.map(({ event }) => event.id);

function hide(isHidden: boolean): void {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(isHidden);
  document.dispatchEvent(new Event('visibilitychange'));
}

beforeEach(() => {
  vi.useFakeTimers();
  setRegion('us-east-1');
  signIn({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' });
  server = new Server();
  vi.stubGlobal('fetch', server.fetch);
});

afterEach(async () => {
  leave();
  await settle(10_000);
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('asks for what is wanted, and goes on with what happens', async () => {
  await follow({ cluster: 'c', types: ['task', 'hook'], sinceSeconds: 900 });
  const [asked] = server.asked;
  expect(asked?.getAll('type')).toEqual(['task', 'hook']);
  expect(asked?.get('cluster')).toBe('c');
  expect(asked?.get('follow')).toBe('true');
  expect(asked?.get('since')).toBe('900');
  expect(asked?.has('service')).toBe(false);
});

test('events of a moment are told together', async () => {
  const tail = new EventTail({});
  const told = vi.fn();
  leave = tail.subscribe(told);
  await settle();
  expect(tail.snapshot().state).toEqual({ at: 'live' });
  told.mockClear();
  for (let number = 1; number <= 500; number++) server.event(number);
  await settle();
  expect(told).toHaveBeenCalledTimes(1);
  expect(tail.snapshot().events).toHaveLength(500);
});

test('the newest are kept, and those that are let go are counted', async () => {
  const tail = await follow();
  for (let number = 1; number <= EVENTS_KEPT_MAX; number++) server.event(number);
  await settle();
  for (let number = 1; number <= 10; number++) server.event(EVENTS_KEPT_MAX + number);
  await settle();
  expect(tail.snapshot().letGo).toBe(10);
  expect(ids(tail)).toHaveLength(EVENTS_KEPT_MAX);
  expect(ids(tail)[0]).toBe('e11');
});

test('of a history that is longer than what is kept only its end is kept', async () => {
  const tail = await follow();
  const all = 3 * EVENTS_KEPT_MAX + 5;
  for (let number = 1; number <= all; number++) server.event(number);
  await settle();
  expect(tail.snapshot().letGo).toBe(all - EVENTS_KEPT_MAX);
  expect(ids(tail).at(-1)).toBe(`e${all}`);
  const keys = tail.snapshot().events.map(({ key }) => key);
  expect(keys[0]).toBe(all - EVENTS_KEPT_MAX);
});

test('goes on after a gap where it was, which signs of life move too', async () => {
  const tail = await follow({ sinceSeconds: 900 });
  server.event(7);
  server.write(': still here\nid: 12\n\n');
  server.close();
  await settle();
  expect(tail.snapshot().state.at).toBe('away');
  await settle(600);
  expect(server.asked[1]?.get('after')).toBe('12');
  expect(server.asked[1]?.has('since')).toBe(false);
  server.event(13);
  await settle();
  expect(ids(tail)).toEqual(['e7', 'e13']);
  expect(tail.snapshot().state.at).toBe('live');
});

test('a gap before the first event loses none', async () => {
  server.isDown = true;
  await follow({ sinceSeconds: 10 });
  await settle(60_000);
  expect(Number(server.asked.at(-1)?.get('since'))).toBeGreaterThan(60);
});

test('says how many events were missed', async () => {
  const tail = await follow();
  server.write('event: missed\ndata: {"missed":3}\n\n');
  server.event(9);
  await settle();
  expect(tail.snapshot().missed).toBe(3);
});

test('says why the server ended it, and connects again', async () => {
  const tail = await follow();
  server.write('event: end\ndata: {"reason":"The control plane is stopping."}\n\n');
  server.close();
  await settle();
  expect(tail.snapshot().state).toEqual({ at: 'away', why: 'The control plane is stopping.' });
  await settle(1_000);
  expect(server.asked).toHaveLength(2);
});

test.each([
  [403, 'AccessDeniedException'],
  [400, 'ValidationException'],
])('what is refused is not tried again: %i %s', async (status, code) => {
  server.refusal = { status, code };
  const tail = await follow();
  await settle(30_000);
  expect(server.asked).toHaveLength(1);
  expect(tail.snapshot().state).toEqual({ at: 'refused', failure: { code, message: 'No.' } });
});

test('a server with too many readers is tried again', async () => {
  server.refusal = { status: 429, code: 'ThrottlingException' };
  const tail = await follow();
  expect(tail.snapshot().state).toEqual({ at: 'away', why: 'No.' });
  server.refusal = undefined;
  await settle(5_000);
  expect(tail.snapshot().state.at).toBe('live');
});

test('silence for longer than the server is ever silent is a lost stream', async () => {
  await follow();
  await settle(42_000);
  expect(server.asked.length).toBeGreaterThan(1);
});

test('the connection is closed with the page', async () => {
  await follow();
  leave();
  expect(server.signals[0]?.aborted).toBe(true);
  await settle(60_000);
  expect(server.asked).toHaveLength(1);
});

test('a tab that nobody sees holds no connection, and goes on when it is seen', async () => {
  const tail = await follow();
  server.event(4);
  await settle();
  hide(true);
  await settle(60_000);
  expect(server.signals[0]?.aborted).toBe(true);
  expect(server.asked).toHaveLength(1);
  hide(false);
  await settle();
  expect(server.asked[1]?.get('after')).toBe('4');
  expect(tail.snapshot().state.at).toBe('live');
});

test('what is no JSON is shown as it came', async () => {
  const tail = await follow();
  server.write('id: 1\nevent: X\ndata: {broken\n\n');
  await settle();
  expect(tail.snapshot().events[0]?.event).toEqual({ 'detail-type': '{broken' });
});
