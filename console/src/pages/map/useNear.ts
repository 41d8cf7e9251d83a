/** Whether an element is, or has been, in sight or close to it. */
import { type RefObject, useEffect, useRef, useState } from 'react';

/** Of the window's height: what is scrolled to is there already. */
const AROUND = '50% 0px';

/** `isNearAnyway`: where there are too few to make a difference. */
export function useNear<E extends Element>(isNearAnyway: boolean): [RefObject<E | null>, boolean] {
  const element = useRef<E>(null);
  const [wasNear, setNear] = useState(false);
  const isNear = isNearAnyway || wasNear;
  useEffect(() => {
    if (isNear || !element.current) return;
    const observer = new IntersectionObserver(
      (seen) => seen.some(({ isIntersecting }) => isIntersecting) && setNear(true),
      { rootMargin: AROUND },
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [isNear]);
  return [element, isNear];
}
