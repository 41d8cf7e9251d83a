/**
 * The table of every list: filtered by what one types (kept in the address), sorted, in pages.
 * Only the rows of a page are drawn, and only when they changed, so 10,000 items cost what 50
 * cost. For lists of that size, keep `columns` outside of the component and `actions`, `filters`
 * and `empty` memoised.
 */
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import type { TableProps } from '@cloudscape-design/components/table';
import { type ReactNode, useCallback, useDeferredValue, useMemo, useRef } from 'react';
import type { Failure } from '../aws/failures';
import { EmptyState } from './EmptyState';
import { FilterBox } from './FilterBox';
import { type Column, ItemRows, inSentence } from './ItemRows';
import { useArranged } from './useArranged';

export type { Column } from './ItemRows';

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
  /** For lists of thousands whose cells keep no state: rows of a page take the places of others. */
  reusesRows?: boolean;
  variant?: TableProps['variant'];
}

/** Items that come while others are being drawn wait; typing and clicking never do. */
export function ItemTable<T>({ selection, idOf, ...props }: Props<T>) {
  const items = useDeferredValue(props.items);
  // The first of them are there, and are being drawn: to say now that there are none would be wrong.
  const isLoading = props.isLoading || (items.length === 0 && props.items.length > 0);
  const latest = useRef({ selection, idOf });
  latest.current = { selection, idOf };
  const onSelect = useCallback((all: readonly T[]) => latest.current.selection?.onSelect(all), []);
  const idOfLatest = useCallback((item: T) => latest.current.idOf(item), []);
  return (
    <Arranged
      {...props}
      items={items}
      isLoading={isLoading}
      idOf={idOfLatest}
      selectionType={selection?.type}
      selected={selection?.selected}
      onSelect={onSelect}
    />
  );
}

type ArrangedProps<T> = Omit<Props<T>, 'selection'> & {
  selectionType: 'single' | 'multi' | undefined;
  selected: readonly T[] | undefined;
  onSelect: (items: readonly T[]) => void;
};

/** Filtered, sorted and cut into pages. */
function Arranged<T>({
  items,
  columns,
  name = 'filter',
  pageSize = 50,
  ...props
}: ArrangedProps<T>) {
  const { title, filters, actions, description } = props;
  const table = useRef<TableProps.Ref>(null);
  const arranged = useArranged(items, columns, { name, pageSize, ...props });
  const { text, setText, matches, page, pages, setPage } = arranged;
  const counted = counter(items.length, props.listed, props.isLoading);
  const header = useMemo(
    () => (
      <Header counter={counted} description={description} actions={actions}>
        {title}
      </Header>
    ),
    [counted, description, actions, title],
  );
  const hasFilter = items.length > 0 || Boolean(filters);
  const filter = useMemo(
    () =>
      hasFilter ? (
        <div className="filters">
          <FilterBox of={inSentence(title)} text={text} matches={matches} onFilter={setText} />
          {filters}
        </div>
      ) : undefined,
    [hasFilter, title, text, matches, setText, filters],
  );
  const pagination = useMemo(
    () =>
      pages > 1 ? (
        <Pagination
          currentPageIndex={page}
          pagesCount={pages}
          onChange={({ detail }) => {
            setPage(detail.currentPageIndex);
            table.current?.scrollToTop();
          }}
          ariaLabels={PAGE_LABELS}
        />
      ) : undefined,
    [page, pages, setPage],
  );
  const isFiltered = items.length > 0 && matches === 0;
  return (
    <ItemRows
      title={title}
      items={arranged.shown as readonly unknown[]}
      columns={columns as readonly Column<unknown>[]}
      idOf={props.idOf as (item: unknown) => string}
      reusesRows={props.reusesRows ?? false}
      selectionType={props.selectionType}
      selected={props.selected}
      onSelect={props.onSelect as (items: readonly unknown[]) => void}
      isFirstLoad={Boolean(props.isLoading) && !items.length}
      failure={items.length ? undefined : props.failure}
      onRetry={props.onRetry}
      empty={isFiltered ? NO_MATCH : props.empty}
      variant={props.variant ?? 'container'}
      sortedBy={arranged.sortedBy}
      isDescending={arranged.isDescending}
      onSort={arranged.setSorting}
      header={header}
      filter={filter}
      pagination={pagination}
      table={table}
    />
  );
}

const NO_MATCH = <EmptyState title="No matches">Nothing here matches the filter.</EmptyState>;

const PAGE_LABELS = {
  nextPageLabel: 'Next page',
  previousPageLabel: 'Previous page',
  pageLabel: (page: number) => `Page ${page}`,
};

function counter(have: number, listed: number | undefined, isLoading?: boolean): string {
  if (isLoading && listed && listed > have) return `(${have} of ${listed} …)`;
  if (isLoading && !have) return '';
  return `(${have})`;
}
