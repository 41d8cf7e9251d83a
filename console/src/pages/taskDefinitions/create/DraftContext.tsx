/** The document that the fields of the form read and change, and what is wrong with it. */
import { createContext, useContext } from 'react';
import type { Json, JsonObject } from '../document';
import type { Problem } from './checks/problems';
import { type Path, valueAt } from './draft';

export interface Draft {
  readonly document: JsonObject;
  readonly problems: readonly Problem[];
  /** Whether problems of members that were not touched yet are said, too. */
  readonly isStrict: boolean;
  readonly touched: ReadonlySet<Path>;
  set(path: Path, value: Json | undefined): void;
  touch(path: Path): void;
}

const Context = createContext<Draft | null>(null);
export const DraftProvider = Context.Provider;

export function useDraft(): Draft {
  const draft = useContext(Context);
  if (!draft) throw new Error('useDraft outside of DraftProvider');
  return draft;
}

export interface Field {
  readonly value: Json | undefined;
  readonly problem: string | undefined;
  set(value: Json | undefined): void;
  touch(): void;
}

/** One member: its value, and what is wrong with it once one has been there. */
export function useField(path: Path): Field {
  const draft = useDraft();
  return {
    value: valueAt(draft.document, path),
    problem: problemOf(draft, path),
    set: (value) => draft.set(path, value),
    touch: () => draft.touch(path),
  };
}

export function problemOf({ problems, isStrict, touched }: Draft, path: Path): string | undefined {
  if (!isStrict && !touched.has(path)) return undefined;
  return problems.find((one) => one.path === path)?.message;
}
