/** Two documents as one text with the lines that go and those that come. */
import { structuredPatch } from 'diff';
import type { Json } from '../document';

export interface Line {
  readonly kind: 'same' | 'removed' | 'added' | 'gap';
  readonly text: string;
}

const CONTEXT_LINES = 4;

/** The lines around what is different; `isWhole` gives all of them. */
export function unifiedLines(from: Json, to: Json, isWhole: boolean): Line[] {
  const [a, b] = [JSON.stringify(from, null, 2), JSON.stringify(to, null, 2)];
  const context = isWhole ? Number.MAX_SAFE_INTEGER : CONTEXT_LINES;
  const { hunks } = structuredPatch('', '', `${a}\n`, `${b}\n`, '', '', { context });
  return hunks.flatMap((hunk, at) => [
    ...(isWhole && at === 0
      ? []
      : [{ kind: 'gap' as const, text: `lines ${hunk.oldStart} and ${hunk.newStart} on` }]),
    ...hunk.lines.map((line) => ({ kind: kindOf(line), text: line.slice(1) })),
  ]);
}

function kindOf(line: string): Line['kind'] {
  if (line.startsWith('+')) return 'added';
  return line.startsWith('-') ? 'removed' : 'same';
}
