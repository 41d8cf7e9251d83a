/**
 * The table of every list: filtered by what one types (kept in the address), sorted, in pages.
 * Only the rows of a page are drawn, so 10,000 items cost what 50 cost.
 */
import { useCollection } from '@cloudscape-design/collection-hooks';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import type { Failure } from '../aws/failures';
import { EmptyState } from './EmptyState';
import { FailureAlert } from './FailureAlert';

export interface Column<T> {
  readonly id: string;
  readonly header: string;
  readonly cell: (item: T) => ReactNode;
  /** What the column is sorted and filtered by; without it, by neither. */
  readonly value?: (item: T) => string | number | undefined;
  readonly width?: number;
}

interface Props<T> {
  /** What the items are: `Tasks`. */
  title: string;
  /** Of the filter in the address; another one for each table of a page. */
  name?: string;
  items: readonly T[];
  columns: readonly Column<T>[];
  idOf: (item: T) => string;
  isLoading?: boolean;
  /** How many there will be, while they are being loaded. */
  listed?: number;
  failure?: Failure;
  onRetry?: () => void;
  empty: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  /** Beside the text filter: selects by status and the like. */
  filters?: ReactNode;
  selection?: {
    type: 'single' | 'multi';
    selected: readonly T[];
    onSelect: (items: readonly T[]) => void;
  };
  sortedBy?: string;
  isDescending?: boolean;
  pageSize?: number;
  variant?: TableProps['variant'];
}

export function ItemTable<T>(props: Props<T>) {
  const { title, items, columns, idOf, selection, name = 'filter', pageSize = 50 } = props;
  const [search, setSearch] = useSearchParams();
  const definitions = columns.map((column) => ({
    id: column.id,
    header: column.header,
    cell: column.cell,
    width: column.width,
    sortingComparator: column.value && byValue(column.value),
  }));
  const sorted = definitions.find(({ id }) => id === (props.sortedBy ?? columns[0]?.id));
  const {
    items: shown,
    filterProps,
    collectionProps,
    paginationProps,
    filteredItemsCount,
  } = useCollection(items, {
    filtering: {
      defaultFilteringText: search.get(name) ?? '',
      filteringFunction: (item, text) => matches(item, text, columns),
      empty: props.empty,
      noMatch: <EmptyState title="No matches">Nothing here matches the filter.</EmptyState>,
    },
    pagination: { pageSize },
    sorting: sorted && {
      defaultState: { sortingColumn: sorted, isDescending: props.isDescending ?? false },
    },
  });
  const filter = (text: string) =>
    setSearch(
      (before) => {
        if (text) before.set(name, text);
        else before.delete(name);
        return before;
      },
      { replace: true },
    );
  const isFirstLoad = Boolean(props.isLoading) && !items.length;
  return (
    <Table<T>
      {...collectionProps}
      items={shown}
      columnDefinitions={definitions}
      trackBy={idOf}
      variant={props.variant ?? 'container'}
      stickyHeader
      resizableColumns={false}
      wrapLines
      loading={isFirstLoad}
      loadingText={`Loading ${title.toLowerCase()}`}
      empty={
        props.failure && !items.length ? (
          <FailureAlert
            failure={props.failure}
            title={`${title} could not be loaded`}
            onRetry={props.onRetry}
          />
        ) : (
          collectionProps.empty
        )
      }
      selectionType={selection?.type}
      selectedItems={selection ? [...selection.selected] : undefined}
      onSelectionChange={({ detail }) => selection?.onSelect(detail.selectedItems)}
      ariaLabels={{
        tableLabel: title,
        selectionGroupLabel: `Select ${title.toLowerCase()}`,
        allItemsSelectionLabel: () => 'Select all',
        itemSelectionLabel: (_, item) => `Select ${idOf(item)}`,
      }}
      header={
        <Header
          counter={counter(items.length, props.listed, props.isLoading)}
          description={props.description}
          actions={props.actions}
        >
          {title}
        </Header>
      }
      filter={
        items.length > 0 || props.filters ? (
          <div className="filters">
            <TextFilter
              {...filterProps}
              filteringPlaceholder={`Find ${title.toLowerCase()}`}
              filteringAriaLabel={`Filter ${title.toLowerCase()}`}
              countText={filteredItemsCount === 1 ? '1 match' : `${filteredItemsCount} matches`}
              onChange={(event) => {
                filterProps.onChange(event);
                filter(event.detail.filteringText);
              }}
            />
            {props.filters}
          </div>
        ) : undefined
      }
      pagination={
        items.length > pageSize ? (
          <Pagination
            {...paginationProps}
            ariaLabels={{
              nextPageLabel: 'Next page',
              previousPageLabel: 'Previous page',
              pageLabel: (page) => `Page ${page}`,
            }}
          />
        ) : undefined
      }
    />
  );
}

function counter(have: number, listed: number | undefined, isLoading?: boolean): string {
  if (isLoading && listed && listed > have) return `(${have} of ${listed} …)`;
  return `(${have})`;
}

function matches<T>(item: T, text: string, columns: readonly Column<T>[]): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return words.every((word) =>
    columns.some(({ value }) =>
      String(value?.(item) ?? '')
        .toLowerCase()
        .includes(word),
    ),
  );
}

function byValue<T>(value: (item: T) => string | number | undefined) {
  return (a: T, b: T) => {
    const [x, y] = [value(a) ?? '', value(b) ?? ''];
    if (typeof x === 'number' && typeof y === 'number') return x - y;
    return String(x) < String(y) ? -1 : Number(String(x) > String(y));
  };
}
