/** Sign-in by the link that `roadstead up` and `roadstead console` print. */
import { BASE } from './region';
import { type Session, signIn } from './session';

const NAME = '#sign-in=';

/** The token in the address, which is taken out of the address and the history at once. */
export function takeToken(): string | undefined {
  if (!location.hash.startsWith(NAME)) return undefined;
  const token = location.hash.slice(NAME.length);
  history.replaceState(history.state, '', location.pathname + location.search);
  return token;
}

/** Signs in with the token; returns why it cannot be done. */
export async function signInWith(token: string): Promise<string | undefined> {
  const response = await fetch(`${BASE}/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  const answer = (await response.json().catch(() => ({}))) as Session & { message?: string };
  if (!response.ok || !answer.secretAccessKey)
    return answer.message ?? `The server answered ${response.status}.`;
  signIn(answer);
  return undefined;
}
