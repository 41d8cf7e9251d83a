/** The rows of a list's page: the costly part, left as it is when nothing of it changed. */
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { memo, type ReactNode, type RefObject, useMemo, useRef } from 'react';
import type { Failure } from '../aws/failures';
import { FailureAlert } from './FailureAlert';
import { slotsOf } from './slots';

export interface Column<T> {
  readonly id: string;
  readonly header: string;
  readonly cell: (item: T) => ReactNode;
  /** What the column is sorted and filtered by; without it, by neither. */
  readonly value?: (item: T) => string | number | undefined;
  readonly width?: number;
}

interface Props {
  title: string;
  items: readonly unknown[];
  columns: readonly Column<unknown>[];
  idOf: (item: unknown) => string;
  reusesRows: boolean;
  selectionType: 'single' | 'multi' | undefined;
  selected: readonly unknown[] | undefined;
  onSelect: (items: readonly unknown[]) => void;
  isFirstLoad: boolean;
  failure: Failure | undefined;
  onRetry: (() => void) | undefined;
  empty: ReactNode;
  variant: TableProps['variant'];
  sortedBy: string | undefined;
  isDescending: boolean;
  onSort: (column: string, isDescending: boolean) => void;
  header: ReactNode;
  filter: ReactNode;
  pagination: ReactNode;
  table: RefObject<TableProps.Ref | null>;
}

export const ItemRows = memo(function ItemRows(props: Props) {
  const { title, columns, idOf } = props;
  const definitions = useMemo(() => columns.map(definitionOf), [columns]);
  const trackBy = useTracked(props.items, idOf, props.reusesRows);
  const labels = useMemo(() => labelsOf(title, idOf), [title, idOf]);
  return (
    <Table
      ref={props.table}
      items={props.items}
      columnDefinitions={definitions}
      trackBy={trackBy}
      variant={props.variant}
      stickyHeader
      resizableColumns={false}
      wrapLines
      loading={props.isFirstLoad}
      loadingText={`Loading ${inSentence(title)}`}
      empty={
        props.failure ? (
          <FailureAlert
            failure={props.failure}
            title={`${title} could not be loaded`}
            onRetry={props.onRetry}
          />
        ) : (
          props.empty
        )
      }
      sortingColumn={definitions.find(({ id }) => id === props.sortedBy)}
      sortingDescending={props.isDescending}
      onSortingChange={({ detail }) =>
        props.onSort(idOfColumn(detail.sortingColumn), detail.isDescending ?? false)
      }
      selectionType={props.selectionType}
      selectedItems={props.selected}
      onSelectionChange={({ detail }) => props.onSelect(detail.selectedItems)}
      ariaLabels={labels}
      header={props.header}
      filter={props.filter}
      pagination={props.pagination}
    />
  );
});

/** `Tasks` as `tasks`, but `ECS Instances` as it is. */
export function inSentence(title: string): string {
  return /^[A-Z]{2}/.test(title) ? title : title.toLowerCase();
}

/** What a row is known by: its item, or the place that it has on the page. */
function useTracked(
  items: readonly unknown[],
  idOf: (item: unknown) => string,
  reusesRows: boolean,
): (item: unknown) => string {
  const former = useRef<ReadonlyMap<string, string>>(new Map());
  return useMemo(() => {
    if (!reusesRows) return idOf;
    const slots = slotsOf(former.current, items.map(idOf));
    former.current = slots;
    return (item) => slots.get(idOf(item)) ?? idOf(item);
  }, [items, idOf, reusesRows]);
}

function definitionOf({ id, header, cell, width, value }: Column<unknown>) {
  const drawn = (item: unknown) => <Cell item={item} cell={cell} />;
  return { id, header, cell: drawn, width, sortingField: value && id };
}

/** Drawn anew only when its item is another: not when its neighbours change. */
const Cell = memo(function Cell({ item, cell }: { item: unknown; cell: Column<unknown>['cell'] }) {
  return <>{cell(item)}</>;
});

function idOfColumn(column: TableProps.SortingColumn<unknown>): string {
  return column.sortingField ?? '';
}

function labelsOf(title: string, idOf: (item: unknown) => string) {
  return {
    tableLabel: title,
    selectionGroupLabel: `Select ${inSentence(title)}`,
    allItemsSelectionLabel: () => 'Select all',
    itemSelectionLabel: (_: unknown, item: unknown) => `Select ${idOf(item)}`,
  };
}
