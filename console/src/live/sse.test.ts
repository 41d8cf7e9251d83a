import { expect, test, vi } from 'vitest';
import { messageOf, messages, type SseMessage } from './sse';

function stream(chunks: readonly (string | Uint8Array)[], cancel = () => {}) {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) {
        controller.enqueue(typeof chunk === 'string' ? encoder.encode(chunk) : chunk);
      }
      controller.close();
    },
    cancel,
  });
}

async function all(chunks: readonly (string | Uint8Array)[]): Promise<SseMessage[]> {
  const found = [];
  for await (const message of messages(stream(chunks))) found.push(message);
  return found;
}

test('a message has an event, data and an id', () => {
  expect(messageOf('event: change\nid: 7\ndata: {"a":\ndata: 1}')).toEqual({
    event: 'change',
    id: '7',
    data: '{"a":\n1}',
  });
});

test('only one space after the colon is left out, and a field may have no value', () => {
  expect(messageOf('event:x\ndata:  y\nid')).toEqual({ event: 'x', data: ' y', id: '' });
});

test('messages may come in any pieces', async () => {
  const text = 'event: change\ndata: one\n\nevent: change\ndata: two\n\n';
  for (let cut = 1; cut < text.length; cut++) {
    const found = await all([text.slice(0, cut), text.slice(cut)]);
    expect(found.map(({ data }) => data)).toEqual(['one', 'two']);
  }
});

test('a character may be cut in two', async () => {
  const bytes = new TextEncoder().encode('event: change\ndata: é\n\n');
  const at = bytes.indexOf(0xc3) + 1;
  const [message] = await all([bytes.slice(0, at), bytes.slice(at)]);
  expect(message?.data).toBe('é');
});

test('a sign of life is a message without an event', async () => {
  expect(await all([': alive\n\n'])).toEqual([{ event: '', data: '', id: '' }]);
});

test('half a message at the end of the stream is none', async () => {
  expect(await all(['event: change\ndata: half\n'])).toEqual([]);
});

test('who stops reading ends the stream', async () => {
  const cancel = vi.fn();
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode('event: a\n\n')),
    cancel,
  });
  for await (const { event } of messages(body)) {
    expect(event).toBe('a');
    break;
  }
  expect(cancel).toHaveBeenCalled();
});
