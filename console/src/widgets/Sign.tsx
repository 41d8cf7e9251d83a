/**
 * A word with a sign before it, as Cloudscape's status indicator draws it. Lists show hundreds of
 * them at once, and what only draws a circle must cost no more than that.
 */
import type { ReactNode } from 'react';
import './signs/signs.css';

export type SignType =
  | 'success'
  | 'error'
  | 'warning'
  | 'info'
  | 'stopped'
  | 'pending'
  | 'in-progress';

export function Sign({ type, children }: { type: SignType; children: ReactNode }) {
  return <span className={`sign sign-${type}`}>{children}</span>;
}
