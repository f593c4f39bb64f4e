import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconFilter } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ListSearch } from './list-search.js';

/** Typing asks the server a moment after it has stopped. */
const WAIT_MS = 250;

interface Props {
  /** What is listed. */
  of: string;
  search: ListSearch;
  onSearch: (search: ListSearch) => void;
}

/** Keeps a list to what has a text in its name. */
export function ListFilter({ of, search, onSearch }: Props) {
  const { t } = useTranslation();
  const look = useDebouncedCallback((text: string) => onSearch(withText(search, text)), WAIT_MS);
  return (
    <TextInput
      type="search"
      aria-label={t('lists.filterOf', { of })}
      placeholder={t('lists.filter')}
      leftSection={<IconFilter size={16} aria-hidden />}
      defaultValue={search.q ?? ''}
      maxLength={255}
      maw={320}
      onChange={(event) => look(event.currentTarget.value)}
    />
  );
}

/** From the first page on. */
function withText({ sort, order }: ListSearch, text: string): ListSearch {
  const q = text.trim();
  return { ...(sort ? { sort } : {}), ...(order ? { order } : {}), ...(q === '' ? {} : { q }) };
}
