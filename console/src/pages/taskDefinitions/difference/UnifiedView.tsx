/** The difference as text. What goes and comes is told by a sign, too, not by colour alone. */
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Toggle from '@cloudscape-design/components/toggle';
import * as tokens from '@cloudscape-design/design-tokens';
import { type CSSProperties, useMemo, useState } from 'react';
import { EmptyState } from '../../../widgets/EmptyState';
import type { JsonObject } from '../document';
import { type Line, unifiedLines } from './unified';

const SIGNS: Record<Line['kind'], string> = { same: ' ', removed: '-', added: '+', gap: '@' };
const COLOURS: Record<Line['kind'], CSSProperties> = {
  same: {},
  gap: { color: tokens.colorTextBodySecondary },
  removed: {
    color: tokens.colorTextStatusError,
    backgroundColor: tokens.colorBackgroundStatusError,
  },
  added: {
    color: tokens.colorTextStatusSuccess,
    backgroundColor: tokens.colorBackgroundStatusSuccess,
  },
};

export function UnifiedView({ from, to }: { from: JsonObject; to: JsonObject }) {
  const [isWhole, showWhole] = useState(false);
  const lines = useMemo(() => unifiedLines(from, to, isWhole), [from, to, isWhole]);
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Toggle checked={isWhole} onChange={({ detail }) => showWhole(detail.checked)}>
              Whole document
            </Toggle>
          }
        >
          JSON
        </Header>
      }
    >
      {lines.length ? (
        <pre className="json">
          {lines.map(({ kind, text }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text are told apart by their place
            <div key={at} style={COLOURS[kind]}>
              {SIGNS[kind]} {text}
            </div>
          ))}
        </pre>
      ) : (
        <EmptyState title="No difference">Both are the same document.</EmptyState>
      )}
    </Container>
  );
}
