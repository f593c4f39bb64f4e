import { Button, Group, Pagination, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Listed } from '../api/client.js';
import type { ListSearch } from './list-search.js';

interface Props {
  of: Pick<Listed<unknown>, 'total' | 'perPage' | 'next'>;
  search: ListSearch;
  onSearch: (search: ListSearch) => void;
}

/** The way through a list: its pages where the api counts them, else on from place to place. */
export function ListPager({ of: { total, perPage, next }, search, onSearch }: Props) {
  if (total === null) {
    return (
      <Onward begun={search.cursor !== undefined} next={next} onGo={(cursor) => onSearch(withCursor(search, cursor))} />
    );
  }
  const pages = perPage === null ? 1 : Math.ceil(total / perPage);
  return <Pages pages={pages} total={total} page={search.page ?? 1} onPage={(page) => onSearch({ ...search, page })} />;
}

interface OnwardProps {
  begun: boolean;
  next: string | null;
  onGo: (cursor: string | null) => void;
}

/** Of lists that are gone through from a place on: the way to the next page and back to the first. */
function Onward({ begun, next, onGo }: OnwardProps) {
  const { t } = useTranslation();
  if (!begun && next === null) return null;
  return (
    <Group justify="flex-end">
      {begun && (
        <Button variant="default" size="xs" onClick={() => onGo(null)}>
          {t('lists.first')}
        </Button>
      )}
      {next !== null && (
        <Button variant="default" size="xs" onClick={() => onGo(next)}>
          {t('lists.next')}
        </Button>
      )}
    </Group>
  );
}

function withCursor(search: ListSearch, cursor: string | null): ListSearch {
  const next = { ...search };
  if (cursor === null) delete next.cursor;
  else next.cursor = cursor;
  return next;
}

interface PagesProps {
  pages: number;
  total: number;
  page: number;
  onPage: (page: number) => void;
}

function Pages({ pages, total, page, onPage }: PagesProps) {
  const { t } = useTranslation();
  return (
    <Group justify="space-between">
      <Text size="sm" c="dimmed">
        {t('lists.total', { count: total })}
      </Text>
      {pages > 1 && (
        <Pagination
          total={pages}
          value={page}
          onChange={onPage}
          size="sm"
          getControlProps={(control) => ({ 'aria-label': t(`lists.${control}`) })}
        />
      )}
    </Group>
  );
}
