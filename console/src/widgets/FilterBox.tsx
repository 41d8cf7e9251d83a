/** The text filter of a list. What is typed is seen at once, whatever filtering it costs. */
import TextFilter from '@cloudscape-design/components/text-filter';
import { startTransition, useEffect, useRef, useState } from 'react';

interface Props {
  /** What is filtered, in small letters: `tasks`. */
  of: string;
  text: string;
  matches: number;
  onFilter: (text: string) => void;
}

export function FilterBox({ of, text, matches, onFilter }: Props) {
  const [typed, setTyped] = useState(text);
  const told = useRef([text]);
  useEffect(() => {
    const at = told.current.lastIndexOf(text);
    // What was typed comes back later, and then more may have been typed: it must not be lost.
    if (at < 0) setTyped(text); // a link changed it
    told.current = at < 0 ? [text] : told.current.slice(at);
  }, [text]);
  return (
    <TextFilter
      filteringText={typed}
      filteringPlaceholder={`Find ${of}`}
      filteringAriaLabel={`Filter ${of}`}
      filteringClearAriaLabel="Clear filter"
      countText={matches === 1 ? '1 match' : `${matches} matches`}
      onChange={({ detail }) => {
        setTyped(detail.filteringText);
        told.current.push(detail.filteringText);
        startTransition(() => onFilter(detail.filteringText));
      }}
    />
  );
}
