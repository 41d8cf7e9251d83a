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
  const told = useRef(text);
  useEffect(() => {
    if (text !== told.current) setTyped(text); // a link changed it, not who types
    told.current = text;
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
        told.current = detail.filteringText;
        startTransition(() => onFilter(detail.filteringText));
      }}
    />
  );
}
