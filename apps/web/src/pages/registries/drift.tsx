import { Alert, Stack } from '@mantine/core';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api, type Listed } from '../../api/client.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Loading } from '../../parts/loading.js';
import { DifferenceList } from './difference-list.js';

interface Known extends Listed<Answered<'Difference'>> {
  drift: Answered<'Drift'>;
}

/** What differs between catalog and registry, as far as the newest finished runs know. */
export function Drift({ id }: { id: number }) {
  const { t } = useTranslation();
  const search = useSearch({ from: '/signed-in/admin/registries/$id' });
  const navigate = useNavigate({ from: '/admin/registries/$id' });
  const query: UseQueryResult<Known> = useQuery({
    queryKey: ['registries', id, 'drift', search.page],
    queryFn: ({ signal }) => ask(id, search.page, signal),
    refetchInterval: 5_000,
    placeholderData: keepPreviousData,
  });
  if (query.error && !query.data) return <ErrorBox error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Loading />;
  const { drift } = query.data;
  return (
    <Stack>
      <Summary of={drift} />
      <DifferenceList
        label={t('drift.label')}
        query={query}
        search={search}
        onSearch={(next) => void navigate({ search: next })}
        empty={null}
      />
    </Stack>
  );
}

function Summary({ of }: { of: Answered<'Drift'> }) {
  const { t } = useTranslation();
  if (of.equal) return <Alert color="teal" title={t('drift.equal')} />;
  const known = of.total + of.unrecorded;
  if (of.run_id === null || (!of.equal && known + of.unread_repositories === 0))
    return <Alert color="gray" title={t('drift.notLooked')} />;
  return (
    <Alert color="orange" title={t('drift.unequal', { count: known })}>
      {of.unread_repositories > 0 && t('syncs.failed', { count: of.unread_repositories })}
    </Alert>
  );
}

async function ask(id: number, page: number | undefined, signal: AbortSignal): Promise<Known> {
  const params = { path: { id }, query: page === undefined ? {} : { page } };
  const { data, response } = await api.GET('/api/v1/registries/{id}/drift', { params, signal });
  const drift = data!;
  const perPage = Number(response.headers.get('x-per-page'));
  return { drift, items: drift.differences, total: drift.total, perPage, next: null };
}
