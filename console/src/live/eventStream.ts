/** One connection to `GET /events`: its messages, for as long as there is a sign of life. */
import { signedFetch } from '../aws/signed';
import { messages, type SseMessage } from './sse';

/** What is asked for; the server filters. Empty members filter nothing. */
export interface EventQuery {
  readonly cluster?: string;
  readonly service?: string;
  /** A task's id or ARN. */
  readonly task?: string;
  /** `task`, `container-instance`, `service`, `deployment`, `hook`. */
  readonly types?: readonly string[];
  /** How many seconds to look back; undefined for all that is kept. */
  readonly sinceSeconds?: number;
}

/** The server gives a sign of life every 15 s. */
const SILENCE_MS_MAX = 40_000;

/**
 * Goes on after the event of that number, if there is one.
 * Throws the refusal as a `Failure`; returns when the stream breaks off or falls silent.
 */
export async function* eventMessages(
  query: EventQuery,
  after: string,
  ended: AbortSignal,
): AsyncGenerator<SseMessage> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS_MAX);
  const signal = AbortSignal.any([ended, silence.signal]);
  try {
    const response = await signedFetch({
      method: 'GET',
      path: '/events',
      query: parametersOf(query, after),
      signal,
    });
    if (!response.ok || !response.body) throw await refusalOf(response);
    yield OPENED;
    for await (const message of messages(response.body)) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS_MAX);
      yield message;
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Comes first, when the server has accepted. */
export const OPENED: SseMessage = { event: 'opened', data: '', id: '' };

export function parametersOf(query: EventQuery, after: string): Record<string, string | string[]> {
  const { cluster, service, task, types = [], sinceSeconds } = query;
  return {
    follow: 'true',
    ...(cluster && { cluster }),
    ...(service && { service }),
    ...(task && { task }),
    ...(types.length > 0 && { type: [...types] }),
    ...(after && { after }),
    ...(!after && sinceSeconds !== undefined && { since: String(sinceSeconds) }),
  };
}

async function refusalOf(response: Response): Promise<{ code: string; message: string }> {
  const told = (await response.json().catch(() => ({}))) as { __type?: string; message?: string };
  return {
    code: told.__type?.split('#').at(-1) ?? `HTTP ${response.status}`,
    message: told.message ?? 'The server gave no message.',
  };
}
