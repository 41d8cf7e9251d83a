/** One below the other, as SpaceBetween; besides elements it takes text, and what is not there takes no room. */
import SpaceBetween, { type SpaceBetweenProps } from '@cloudscape-design/components/space-between';
import { Children, type ReactNode } from 'react';

interface Props {
  size: SpaceBetweenProps['size'];
  children: ReactNode;
}

export function Apart({ size, children }: Props) {
  const shown = Children.toArray(children).filter((child) => child !== '');
  return (
    <SpaceBetween size={size}>
      {Children.map(shown, (child) => (typeof child === 'object' ? child : <div>{child}</div>))}
    </SpaceBetween>
  );
}
