/**
 * Which items of a list are shown, and in what order. What an item is found and sorted by is
 * worked out once for each item, however often the list is looked at: items are never changed,
 * only replaced.
 */

export type Value = string | number | undefined;

/** What items are found and sorted by. */
export interface Facet<T> {
  readonly id: string;
  readonly value?: (item: T) => Value;
}

/** The items in which every word of the text occurs, in any column. */
export function matching<T>(items: readonly T[], text: string, facets: readonly Facet<T>[]) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return items;
  const textOf = texts(facets);
  return items.filter((item) => {
    const found = textOf(item);
    return words.every((word) => found.includes(word));
  });
}

const READ_AT_ONCE = 500;

/** Works out beforehand what items are found by, a few whenever nobody waits; returns what ends it. */
export function readAhead<T>(items: readonly T[], facets: readonly Facet<T>[]): () => void {
  const textOf = texts(facets);
  let next = 0;
  let waiting = setTimeout(read);
  function read() {
    for (const item of items.slice(next, next + READ_AT_ONCE)) textOf(item);
    next += READ_AT_ONCE;
    if (next < items.length) waiting = setTimeout(read);
  }
  return () => clearTimeout(waiting);
}

/** The items by a column; those that have nothing in it come last. */
export function sorted<T>(items: readonly T[], facet: Facet<T> | undefined, isDescending: boolean) {
  if (!facet?.value) return items;
  const keyOf = values(facet, facet.value);
  const sign = isDescending ? -1 : 1;
  const keyed = items.map((item) => ({ item, key: keyOf(item) }));
  keyed.sort((a, b) => {
    if (a.key === b.key) return 0;
    if (a.key === undefined || a.key === '') return 1;
    if (b.key === undefined || b.key === '') return -1;
    return sign * compared(a.key, b.key);
  });
  return keyed.map(({ item }) => item);
}

/** The former list if the new one has the same items in the same order: nothing is drawn anew. */
export function same<T>(former: readonly T[], next: readonly T[]): readonly T[] {
  if (former.length !== next.length) return next;
  return next.every((item, index) => item === former[index]) ? former : next;
}

function compared(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : Number(String(a) > String(b));
}

/* Kept by the columns themselves, which are the same for as long as a page is shown. */
const textsKept = new WeakMap<object, WeakMap<object, string>>();
const valuesKept = new WeakMap<object, WeakMap<object, Value>>();

function texts<T>(facets: readonly Facet<T>[]): (item: T) => string {
  const make = (item: T) =>
    facets
      .map(({ value }) => value?.(item) ?? '')
      .join('\n')
      .toLowerCase();
  return remembered(textsKept, facets, make);
}

function values<T>(facet: Facet<T>, value: (item: T) => Value): (item: T) => Value {
  return remembered(valuesKept, facet, value);
}

function remembered<T, R>(
  all: WeakMap<object, WeakMap<object, R>>,
  owner: object,
  make: (item: T) => R,
): (item: T) => R {
  const kept = all.get(owner) ?? new WeakMap<object, R>();
  all.set(owner, kept);
  return (item) => {
    if (typeof item !== 'object' || item === null) return make(item);
    const known = kept.get(item);
    if (known !== undefined) return known;
    const made = make(item);
    kept.set(item, made);
    return made;
  };
}
