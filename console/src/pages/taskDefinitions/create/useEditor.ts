/** The document while it is written, as form or as JSON: one truth for both. */
import { useCallback, useMemo, useState } from 'react';
import { isObject, type Json, type JsonObject } from '../document';
import { problemsOf } from './checks/problems';
import type { Draft } from './DraftContext';
import { notForTheForm, type Path, withValueAt } from './draft';
import { parseJson } from './jsonSyntax';

export type Mode = 'form' | 'json';

export interface Editor {
  readonly mode: Mode;
  readonly text: string;
  readonly draft: Draft;
  /** Why the JSON cannot be sent or shown as a form: a mistake in its syntax. */
  readonly isWrittenWrong: boolean;
  /** Why the form cannot show it. */
  readonly noForm: string | undefined;
  setText(text: string): void;
  setMode(mode: Mode): void;
  /** Say all problems from now on, also those of members that were not touched. */
  beStrict(): void;
}

export function useEditor(initial: JsonObject): Editor {
  const [mode, setMode] = useState<Mode>(() => (notForTheForm(initial) ? 'json' : 'form'));
  const [document, setDocument] = useState<Json>(initial);
  const [text, setText] = useState(() => JSON.stringify(initial, null, 2));
  const [touched, setTouched] = useState<ReadonlySet<Path>>(new Set());
  const [isStrict, setStrict] = useState(false);
  const isWrittenWrong = useMemo(
    () => mode === 'json' && 'problem' in parseJson(text),
    [mode, text],
  );
  const problems = useMemo(() => problemsOf(document), [document]);
  const set = useCallback(
    (path: Path, value: Json | undefined) =>
      setDocument((before) => withValueAt(isObject(before) ? before : {}, path, value)),
    [],
  );
  const touch = useCallback((path: Path) => setTouched((before) => new Set([...before, path])), []);
  return {
    mode,
    text,
    draft: {
      document: isObject(document) ? document : {},
      problems,
      isStrict,
      touched,
      set,
      touch,
    },
    isWrittenWrong,
    noForm: isWrittenWrong ? 'The JSON has a mistake.' : notForTheForm(document),
    setText: (next) => {
      setText(next);
      const parsed = parseJson(next);
      if ('value' in parsed) setDocument(parsed.value);
    },
    setMode: (next) => {
      if (next === 'json') setText(JSON.stringify(document, null, 2));
      setMode(next);
    },
    beStrict: () => setStrict(true),
  };
}
