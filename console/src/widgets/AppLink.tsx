/** A link within the console: the router follows it, and it can be opened in another tab. */
import type { ReactNode } from 'react';
import { Link } from 'react-router';

interface Props {
  to: string;
  children: ReactNode;
  /** Of the text; without it as large as what stands around it. */
  size?: 'large';
}

export function AppLink({ to, children, size }: Props) {
  return (
    <Link to={to} className={size ? `link link-${size}` : 'link'}>
      {children}
    </Link>
  );
}
