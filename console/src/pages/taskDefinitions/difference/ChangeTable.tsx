/** The difference by member. */
import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import { EmptyState } from '../../../widgets/EmptyState';
import { type Column, ItemTable } from '../../../widgets/ItemTable';
import type { Change, ChangeKind } from './changes';
import { MemberPath } from './MemberPath';
import { shownValue } from './maskedChanges';

const COLOURS = { added: 'green', removed: 'red', changed: 'blue' } as const;
const WORDS: Record<ChangeKind, string> = {
  added: 'Added',
  removed: 'Removed',
  changed: 'Changed',
};

interface Props {
  changes: readonly Change[];
  from: string;
  to: string;
  isOpen: boolean;
}

export function ChangeTable({ changes, from, to, isOpen }: Props) {
  const columns: Column<Change>[] = [
    {
      id: 'member',
      header: 'Member',
      value: ({ path }) => path,
      cell: ({ path }) => <MemberPath path={path} />,
    },
    {
      id: 'kind',
      header: 'Change',
      width: 120,
      value: ({ kind }) => kind,
      cell: ({ kind }) => <Badge color={COLOURS[kind]}>{WORDS[kind]}</Badge>,
    },
    {
      id: 'from',
      header: from,
      cell: (one) => <Value text={shownValue(one.from, one.namedBy, isOpen)} />,
    },
    {
      id: 'to',
      header: to,
      cell: (one) => <Value text={shownValue(one.to, one.namedBy, isOpen)} />,
    },
  ];
  return (
    <ItemTable
      title="Changes"
      items={changes}
      columns={columns}
      idOf={({ path }) => path}
      empty={
        <EmptyState title="No difference">
          {from} and {to} say the same. Registering makes a new revision each time, even of the same
          document.
        </EmptyState>
      }
    />
  );
}

function Value({ text }: { text: string }) {
  return (
    <Box variant="code">
      <span className="verbatim">{text}</span>
    </Box>
  );
}
