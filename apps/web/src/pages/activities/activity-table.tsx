import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import type { Listed } from '../../api/client.js';
import { DataList } from '../../parts/data-list.js';
import { Empty } from '../../parts/empty.js';
import type { ListSearch } from '../../parts/list-search.js';
import { Time } from '../../parts/time.js';

interface Props {
  query: UseQueryResult<Listed<Answered<'Activity'>>>;
  search: ListSearch;
  onSearch: (search: ListSearch) => void;
}

/** Who did what, when and from where. */
export function ActivityTable({ query, search, onSearch }: Props) {
  const { t } = useTranslation();
  return (
    <DataList
      label={t('activities.title')}
      query={query}
      keyOf={({ id }) => id}
      search={search}
      onSearch={onSearch}
      empty={<Empty text={t('activities.empty')} />}
      columns={[
        { title: t('why.when'), cell: ({ created_at }) => <Time at={created_at} /> },
        { title: t('activities.who'), cell: ({ owner }) => owner?.name ?? t('unknown') },
        { title: t('activities.what'), cell: ({ key }) => <code>{key}</code> },
        { title: t('activities.about'), cell: ({ trackable }) => trackable.name },
        { title: t('activities.from'), cell: ({ address }) => address },
      ]}
    />
  );
}
