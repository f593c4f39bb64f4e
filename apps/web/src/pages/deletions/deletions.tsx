import { Anchor, Text } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useList } from '../../api/queries.js';
import { DataList } from '../../parts/data-list.js';
import { DeletionState } from '../../parts/deletion-state.js';
import { Empty } from '../../parts/empty.js';
import { Page } from '../../parts/page.js';
import { Time } from '../../parts/time.js';

const LOOK_MS = 2_000;

/** What is being deleted, and was: it goes on whether somebody looks or not. One's own, of administrators everybody's. */
export function Deletions() {
  const { t } = useTranslation();
  const search = useSearch({ from: '/signed-in/deletions' });
  const navigate = useNavigate({ from: '/deletions' });
  const query = useList(
    ['deletions', 'list', search],
    (signal) =>
      api.GET('/api/v1/deletions', {
        params: { query: search.cursor === undefined ? { page: search.page ?? 1 } : { cursor: search.cursor } },
        signal,
      }),
    { every: LOOK_MS },
  );
  return (
    <Page title={t('deletions.title')}>
      <Text>{t('deletions.intro')}</Text>
      <DataList
        label={t('deletions.title')}
        query={query}
        keyOf={({ id }) => id}
        search={search}
        onSearch={(next) => void navigate({ search: next })}
        empty={<Empty text={t('deletions.none')} />}
        columns={[
          {
            title: t('deletions.what'),
            cell: ({ id, name }) => (
              <Anchor component={Link} to={`/deletions/${id}`}>
                {name}
              </Anchor>
            ),
          },
          { title: t('deletions.kind'), cell: ({ kind }) => t(`deletions.kinds.${kind}`) },
          { title: t('deletions.progressTitle'), cell: (deletion) => <DeletionState of={deletion} /> },
          { title: t('deletions.by'), cell: ({ author }) => author.name },
          { title: t('deletions.begun'), cell: ({ created_at }) => <Time at={created_at} /> },
        ]}
      />
    </Page>
  );
}
