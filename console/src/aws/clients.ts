/** The SDK's clients, one of each for the session and Region in use. */
import { ECSClient } from '@aws-sdk/client-ecs';
import { region } from '../session/region';
import { session } from '../session/session';

interface Destroyable {
  destroy(): void;
}

/** No answer in this time is a failure: nothing on the screen waits without end. */
export const ANSWER_MS_MAX = 20_000;

const made = new Map<string, Destroyable>();

/** Options every client is made with: this server, this session's keys, this Region. */
export function clientOptions() {
  const keys = session();
  if (!keys) throw new Error('Nobody is signed in.');
  return {
    endpoint: location.origin,
    region: region(),
    credentials: { accessKeyId: keys.accessKeyId, secretAccessKey: keys.secretAccessKey },
    maxAttempts: 3,
    requestHandler: { requestTimeout: ANSWER_MS_MAX },
  };
}

/** The client of that name for the keys and Region in use, made when it is first asked for. */
export function clientOf<C extends Destroyable>(name: string, make: () => C): C {
  const key = `${name} ${region()} ${session()?.accessKeyId ?? ''}`;
  let client = made.get(key);
  if (!client) {
    client = make();
    made.set(key, client);
  }
  return client as C;
}

export const ecsClient = () => clientOf('ecs', () => new ECSClient(clientOptions()));
