import { Alert, Badge, Title } from '@mantine/core';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useList, useOne } from '../../api/queries.js';
import { DataList } from '../../parts/data-list.js';
import { DeletionState, isOver } from '../../parts/deletion-state.js';
import { Empty } from '../../parts/empty.js';
import { Facts } from '../../parts/facts.js';
import { Loading } from '../../parts/loading.js';
import { PageError } from '../../parts/page-error.js';
import { Page } from '../../parts/page.js';
import { Time } from '../../parts/time.js';

const LOOK_MS = 1_000;
const GOOD = new Set(['removed', 'absent']);
const QUIET = new Set(['waiting', 'moved', 'left']);

/** One deletion, tag by tag. */
export function Deletion() {
  const { t } = useTranslation();
  const id = Number(useParams({ from: '/signed-in/deletions/$id' }).id);
  const query = useOne(
    ['deletions', id],
    (signal) => api.GET('/api/v1/deletions/{id}', { params: { path: { id } }, signal }),
    { every: LOOK_MS },
  );
  if (query.error && !query.data) return <PageError error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Loading />;
  const deletion = query.data;
  return (
    <Page title={t('deletions.of', { name: deletion.name })}>
      <Facts
        facts={[
          [t('deletions.progressTitle'), <DeletionState key="state" of={deletion} />],
          [t('deletions.kind'), t(`deletions.kinds.${deletion.kind}`)],
          [t('deletions.by'), deletion.author.name],
          [t('deletions.begun'), <Time key="begun" at={deletion.created_at} />],
          [t('deletions.ended'), <Time key="ended" at={deletion.finished_at} />],
        ]}
      />
      {deletion.outcome !== null && <Alert color="orange" title={deletion.outcome} />}
      <Title order={2} size="h3">
        {t('tags.title')}
      </Title>
      <Items id={id} live={!isOver(deletion.state)} />
    </Page>
  );
}

function Items({ id, live }: { id: number; live: boolean }) {
  const { t } = useTranslation();
  const search = useSearch({ from: '/signed-in/deletions/$id' });
  const navigate = useNavigate({ from: '/deletions/$id' });
  const query = useList(
    ['deletions', id, 'items', search],
    (signal) =>
      api.GET('/api/v1/deletions/{id}/items', {
        params: {
          path: { id },
          query: search.cursor === undefined ? { page: search.page ?? 1 } : { cursor: search.cursor },
        },
        signal,
      }),
    live ? { every: LOOK_MS } : {},
  );
  return (
    <DataList
      label={t('tags.title')}
      query={query}
      keyOf={({ repository, tag, digest }) => `${repository}:${tag}@${digest}`}
      search={search}
      onSearch={(next) => void navigate({ search: next })}
      empty={<Empty text={t('tags.empty')} />}
      columns={[
        {
          title: t('tags.columns.names'),
          cell: ({ repository, tag }) => (tag === null ? repository : `${repository}:${tag}`),
        },
        {
          title: t('drift.state'),
          cell: ({ state }) => (
            <Badge color={GOOD.has(state) ? 'teal' : QUIET.has(state) ? 'gray' : 'orange'}>
              {t(`deletions.items.${state}`)}
            </Badge>
          ),
        },
        { title: t('why.because'), cell: ({ reason }) => reason },
      ]}
    />
  );
}
