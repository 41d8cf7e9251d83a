/** A list's filter, order and page: what one chose, and what is shown by it. */
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { type Facet, matching, readAhead, same, sorted } from './arranged';
import { useAddressText } from './useAddressValue';

interface Options {
  name: string;
  pageSize: number;
  sortedBy?: string;
  isDescending?: boolean;
}

export function useArranged<T>(items: readonly T[], facets: readonly Facet<T>[], options: Options) {
  const { name, pageSize } = options;
  const [text, setText] = useAddressText(name);
  const [sorting, sort] = useState({
    by: options.sortedBy ?? facets[0]?.id,
    isDescending: options.isDescending ?? false,
  });
  const [wanted, setPage] = useState(1);
  const asked = useDeferredValue(text);
  useEffect(() => readAhead(items, facets), [items, facets]);
  const found = useMemo(() => matching(items, asked, facets), [items, asked, facets]);
  const ordered = useMemo(() => {
    const facet = facets.find(({ id }) => id === sorting.by);
    return sorted(found, facet, sorting.isDescending);
  }, [found, facets, sorting]);
  const pages = Math.max(1, Math.ceil(ordered.length / pageSize));
  const page = Math.min(wanted, pages);
  const last = useRef<readonly T[]>([]);
  const shown = same(last.current, ordered.slice((page - 1) * pageSize, page * pageSize));
  last.current = shown;
  return {
    text,
    setText: useCallback(
      (next: string) => {
        setText(next);
        setPage(1);
      },
      [setText],
    ),
    matches: found.length,
    shown,
    page,
    pages,
    setPage,
    sortedBy: sorting.by,
    isDescending: sorting.isDescending,
    setSorting: useCallback((by: string, isDescending: boolean) => sort({ by, isDescending }), []),
  };
}
