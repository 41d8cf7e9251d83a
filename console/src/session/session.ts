/** Who is signed in, in this tab: keys in session storage, which ends with the tab. */

export interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const STORED = 'roadstead.session';
const listeners = new Set<() => void>();
let current: Session | null | undefined;

/** The session of this tab; null when nobody is signed in. */
export function session(): Session | null {
  if (current === undefined) current = stored();
  return current;
}

export function signIn(keys: Session): void {
  current = { accessKeyId: keys.accessKeyId, secretAccessKey: keys.secretAccessKey };
  sessionStorage.setItem(STORED, JSON.stringify(current));
  tell();
}

export function signOut(): void {
  current = null;
  sessionStorage.removeItem(STORED);
  tell();
}

export function onSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(): void {
  for (const listener of listeners) listener();
}

function stored(): Session | null {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(STORED) ?? 'null');
    return isSession(found) ? found : null;
  } catch {
    return null; // what cannot be read is no session: one signs in again
  }
}

function isSession(found: unknown): found is Session {
  const keys = found as Partial<Session> | null;
  return typeof keys?.accessKeyId === 'string' && typeof keys.secretAccessKey === 'string';
}
