/** A value in the address, so that a link leads to the same sight of a page. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';

/** Browsers refuse to have the address changed more than some 100 times in 10 s. */
const WRITTEN_AFTER_MS = 300;

/** The value and what sets it; the one that is meant by itself is not written. */
export function useAddressValue(name: string, byItself = ''): [string, (value: string) => void] {
  const [search, setSearch] = useSearchParams();
  const set = useCallback(
    (value: string) =>
      setSearch(
        (before) => {
          if (value && value !== byItself) before.set(name, value);
          else before.delete(name);
          return before;
        },
        { replace: true },
      ),
    [setSearch, name, byItself],
  );
  return [search.get(name) ?? byItself, set];
}

/** The same for what is typed: it is there at once, and in the address when typing pauses. */
export function useAddressText(name: string): [string, (value: string) => void] {
  const [written, write] = useAddressValue(name);
  const [text, setText] = useState(written);
  const told = useRef(written);
  useEffect(() => {
    if (written === told.current) return;
    told.current = written; // a link or the way back changed it
    setText(written);
  }, [written]);
  useEffect(() => {
    if (text === told.current) return;
    const timer = setTimeout(() => {
      told.current = text;
      write(text);
    }, WRITTEN_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text, write]);
  return [text, setText];
}
