/** A button that leads to a page of the console. */
import Button, { type ButtonProps } from '@cloudscape-design/components/button';
import { useHref, useNavigate } from 'react-router';

interface Props {
  to: string;
  children: string;
  variant?: ButtonProps['variant'];
  disabled?: boolean;
  disabledReason?: string;
}

export function LinkButton({ to, children, ...rest }: Props) {
  const navigate = useNavigate();
  return (
    <Button
      {...rest}
      href={useHref(to)}
      onFollow={(event) => {
        event.preventDefault();
        void navigate(to);
      }}
    >
      {children}
    </Button>
  );
}
