/** Signed requests for what has no client in the SDK: Roadstead's own API and its streams. */
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { region } from '../session/region';
import { type Session, session } from '../session/session';

export interface SignedRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Record<string, string | string[]>;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** Of whom nobody knows yet whether they are good; else those of who is signed in. */
  readonly keys?: Session;
}

/** Sends a request that is signed for the service `roadstead`. */
export async function signedFetch(request: SignedRequest): Promise<Response> {
  const keys = request.keys ?? session();
  if (!keys) throw new Error('Nobody is signed in.');
  const signer = new SignatureV4({
    service: 'roadstead',
    region: region(),
    credentials: keys,
    sha256: Sha256,
  });
  const signed = await signer.sign({
    method: request.method,
    protocol: location.protocol,
    hostname: location.hostname,
    path: request.path,
    query: request.query ?? {},
    headers: { host: location.host, ...request.headers },
    body: request.body,
  });
  const { host: _, ...headers } = signed.headers; // the browser sets it, to the same
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query ?? {})) {
    for (const one of [value].flat()) search.append(name, one);
  }
  const query = search.size ? `?${search.toString().replaceAll('+', '%20')}` : '';
  return fetch(request.path + query, {
    method: request.method,
    headers,
    body: request.body,
    signal: request.signal,
    cache: 'no-store',
  });
}
