/** A value once it has not changed for a moment: what is typed is not asked about letter by letter. */
import { useEffect, useState } from 'react';

const SETTLE_MS = 350;

export function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
