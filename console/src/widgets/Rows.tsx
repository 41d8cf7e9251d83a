/** A small table without anything to do: ports, variables, mounts. */
import Box from '@cloudscape-design/components/box';
import Table from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';

interface Props<T> {
  title: string;
  items: readonly T[];
  columns: readonly { header: string; cell: (item: T) => ReactNode }[];
}

export function Rows<T>({ title, items, columns }: Props<T>) {
  if (!items.length) return null;
  return (
    <div>
      <Box variant="h4" tagOverride="h3">
        {title}
      </Box>
      <Table<T>
        variant="embedded"
        items={items}
        wrapLines
        ariaLabels={{ tableLabel: title }}
        columnDefinitions={columns.map(({ header, cell }, at) => ({
          id: header,
          header,
          cell,
          isRowHeader: at === 0,
        }))}
      />
    </div>
  );
}
