import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useList } from '../../api/queries.js';
import { Empty } from '../../parts/empty.js';
import { apiQuery } from '../../parts/list-search.js';
import { Page } from '../../parts/page.js';
import { RepositoryTable } from './repository-table.js';

/** A push appears without a reload. */
const LOOK_MS = 10_000;

/** All repositories that this person may see. */
export function Repositories() {
  const { t } = useTranslation();
  const search = useSearch({ from: '/signed-in/repositories' });
  const navigate = useNavigate({ from: '/repositories' });
  const query = useList(
    ['repositories', 'list', search],
    (signal) => api.GET('/api/v1/repositories', { params: { query: apiQuery(search) }, signal }),
    { every: LOOK_MS },
  );
  return (
    <Page title={t('repositories.title')}>
      <RepositoryTable
        query={query}
        search={search}
        onSearch={(next) => void navigate({ search: next })}
        empty={<Empty text={t('repositories.empty')} />}
      />
    </Page>
  );
}
