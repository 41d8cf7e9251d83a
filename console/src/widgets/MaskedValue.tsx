/** A value that looks secret is shown only when one asks for it. */
import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { looksSecret, MASK } from './looksSecret';
import './verbatim.css';

export function MaskedValue({ name, value }: { name: string; value: string }) {
  const [isShown, show] = useState(false);
  if (!value || !looksSecret(name, value)) return <span className="verbatim">{value}</span>;
  return (
    <>
      <span className="verbatim">{isShown ? value : MASK}</span>{' '}
      <Button
        variant="inline-link"
        ariaLabel={`${isShown ? 'Hide' : 'Show'} the value of ${name}`}
        onClick={() => show(!isShown)}
      >
        {isShown ? 'Hide' : 'Show'}
      </Button>
    </>
  );
}
