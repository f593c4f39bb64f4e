import { Anchor } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import type { Listed } from '../../api/client.js';
import { DataList } from '../../parts/data-list.js';
import type { ListSearch } from '../../parts/list-search.js';
import { RepositoryVerdict } from '../../parts/scan-verdict.js';
import { Size } from '../../parts/size.js';
import { Time } from '../../parts/time.js';

interface Props {
  query: UseQueryResult<Listed<Answered<'Repository'>>>;
  search: ListSearch;
  onSearch: (search: ListSearch) => void;
  empty: ReactNode;
}

/** Repositories, wherever they are listed. */
export function RepositoryTable({ query, search, onSearch, empty }: Props) {
  const { t, i18n } = useTranslation();
  return (
    <DataList
      filtered
      label={t('repositories.title')}
      query={query}
      keyOf={({ id }) => id}
      search={search}
      onSearch={onSearch}
      empty={empty}
      columns={[
        {
          title: t('repositories.name'),
          sort: 'full_name',
          cell: ({ id, full_name }) => (
            <Anchor component={Link} to={`/repositories/${id}`}>
              {full_name}
            </Anchor>
          ),
        },
        { title: t('repositories.tags'), cell: ({ tags_count }) => tags_count.toLocaleString(i18n.language) },
        { title: t('repositories.size'), cell: ({ size }) => <Size bytes={size} /> },
        { title: t('verdict.title'), cell: ({ scan }) => <RepositoryVerdict of={scan} /> },
        { title: t('repositories.pulls'), cell: ({ pull_count }) => pull_count.toLocaleString(i18n.language) },
        { title: t('repositories.pushed'), cell: ({ last_pushed_at }) => <Time at={last_pushed_at} /> },
      ]}
    />
  );
}
