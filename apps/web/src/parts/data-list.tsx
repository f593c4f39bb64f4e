import { Group, Skeleton, Stack, Table, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconSelector } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Listed } from '../api/client.js';
import { Empty } from './empty.js';
import { ErrorBox } from './error-box.js';
import { ListFilter } from './list-filter.js';
import { ListPager } from './list-pager.js';
import type { ListSearch } from './list-search.js';
import { TableFrame } from './table-frame.js';

export interface Column<T> {
  title: string;
  /** The title is for those who hear the page only. */
  quiet?: true;
  /** The name by which the api sorts; without one the column cannot be sorted by. */
  sort?: string;
  cell: (item: T) => ReactNode;
}

interface Props<T> {
  /** What is listed, for those who cannot see it. */
  label: string;
  columns: readonly Column<T>[];
  query: UseQueryResult<Listed<T>>;
  keyOf: (item: T) => string | number;
  search: ListSearch;
  onSearch: (search: ListSearch) => void;
  /** What to say when there is nothing. */
  empty: ReactNode;
  /** Whether the server can keep it to a part of a name. */
  filtered?: true;
  /** Between the filter and the list. */
  acts?: ReactNode;
}

/** A list that the server pages and sorts; where one stands in it is kept in the address. */
export function DataList<T>({ filtered, acts, ...list }: Props<T>) {
  if (!filtered) return <Rows {...list} />;
  const { label, search, onSearch } = list;
  return (
    <Stack>
      <Group justify="space-between" mih={36}>
        <ListFilter of={label} search={search} onSearch={onSearch} />
        {acts}
      </Group>
      <Rows {...list} />
    </Stack>
  );
}

function Rows<T>({ label, columns, query, keyOf, search, onSearch, empty }: Omit<Props<T>, 'filtered' | 'acts'>) {
  const { t } = useTranslation();
  if (query.error && !query.data) return <ErrorBox error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <LoadingRows />;
  const { items } = query.data;
  if (items.length === 0 && (search.page ?? 1) === 1 && search.cursor === undefined)
    return search.q === undefined ? empty : <Empty text={t('lists.noneNamed', { q: search.q })} />;
  return (
    <Stack className={query.isPlaceholderData ? 'is-refreshing' : ''}>
      <TableFrame minWidth={560} label={label}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Heading key={column.title} column={column} search={search} onSearch={onSearch} />
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item) => (
            <Table.Tr key={keyOf(item)}>
              {columns.map((column) => (
                <Table.Td key={column.title}>{column.cell(item)}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </TableFrame>
      <ListPager of={query.data} search={search} onSearch={onSearch} />
    </Stack>
  );
}

function Heading<T>({ column, search, onSearch }: { column: Column<T> } & Pick<Props<T>, 'search' | 'onSearch'>) {
  const { sort } = column;
  if (sort === undefined)
    return <Table.Th>{column.quiet ? <span className="only-read">{column.title}</span> : column.title}</Table.Th>;
  const chosen = search.sort === sort;
  const falling = chosen && search.order === 'desc';
  const Icon = !chosen ? IconSelector : falling ? IconArrowDown : IconArrowUp;
  const toggle = () => onSearch({ ...search, page: 1, sort, order: chosen && !falling ? 'desc' : 'asc' });
  return (
    <Table.Th aria-sort={!chosen ? 'none' : falling ? 'descending' : 'ascending'}>
      <UnstyledButton onClick={toggle} fz="sm" fw={600}>
        <Group gap={4} wrap="nowrap">
          {column.title}
          <Icon size={14} aria-hidden />
        </Group>
      </UnstyledButton>
    </Table.Th>
  );
}

/** As high as a few rows, so that what follows does not jump. */
function LoadingRows() {
  return (
    <Stack gap="xs" aria-busy="true">
      {[1, 2, 3, 4, 5].map((row) => (
        <Skeleton key={row} height={32} />
      ))}
    </Stack>
  );
}
