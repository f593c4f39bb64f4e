import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api, listed } from '../../api/client.js';
import { DataList } from '../../parts/data-list.js';
import { apiQuery } from '../../parts/list-search.js';
import { Empty } from '../../parts/empty.js';
import { Page } from '../../parts/page.js';
import { Time } from '../../parts/time.js';

const FROM = '/signed-in/repositories';

/** All repositories that this person may see. */
export function Repositories() {
  const { t } = useTranslation();
  const search = useSearch({ from: FROM });
  const navigate = useNavigate({ from: '/repositories' });
  const query = useQuery({
    queryKey: ['repositories', search],
    queryFn: ({ signal }) => listed(api.GET('/api/v1/repositories', { params: { query: apiQuery(search) }, signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <Page title={t('repositories.title')}>
      <DataList
        label={t('repositories.title')}
        query={query}
        keyOf={(repository) => repository.id}
        search={search}
        onSearch={(next) => void navigate({ search: next })}
        empty={<Empty text={t('repositories.empty')} />}
        columns={[
          { title: t('repositories.name'), sort: 'name', cell: (repository) => repository.full_name },
          { title: t('repositories.tags'), sort: 'tags_count', cell: (repository) => repository.tags_count },
          { title: t('repositories.pushed'), cell: (repository) => <Time at={repository.updated_at} /> },
        ]}
      />
    </Page>
  );
}
