/** A link within the console: the router follows it, and it can be opened in another tab. */
import Link, { type LinkProps } from '@cloudscape-design/components/link';
import type { ReactNode } from 'react';
import { useHref, useNavigate } from 'react-router';

interface Props {
  to: string;
  children: ReactNode;
  variant?: LinkProps['variant'];
  fontSize?: LinkProps['fontSize'];
  ariaLabel?: string;
}

export function AppLink({ to, children, ...rest }: Props) {
  const navigate = useNavigate();
  return (
    <Link
      {...rest}
      href={useHref(to)}
      onFollow={(event) => {
        event.preventDefault();
        void navigate(to);
      }}
    >
      {children}
    </Link>
  );
}
