import { Anchor } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useList } from '../../api/queries.js';
import { DataList } from '../../parts/data-list.js';
import { Empty } from '../../parts/empty.js';
import { Time } from '../../parts/time.js';
import { ACTIONS } from './why-search.js';

/** What registries were refused lately: one's own requests, of administrators everybody's. */
export function Denials() {
  const { t } = useTranslation();
  const { cursor, ...question } = useSearch({ from: '/signed-in/why' });
  const navigate = useNavigate({ from: '/why' });
  const search = cursor === undefined ? {} : { cursor };
  const query = useList(
    ['denials', cursor],
    (signal) =>
      api.GET('/api/v1/denials', {
        params: { query: search },
        signal,
      }),
    { every: 5_000 },
  );
  return (
    <DataList
      label={t('why.refused')}
      query={query}
      keyOf={({ id }) => id}
      search={search}
      onSearch={(next) =>
        void navigate({ search: { ...question, ...(next.cursor === undefined ? {} : { cursor: next.cursor }) } })
      }
      empty={<Empty text={t('why.nothingRefused')} />}
      columns={[
        { title: t('why.when'), cell: ({ last_at }) => <Time at={last_at} /> },
        { title: t('why.user'), cell: ({ user }) => user ?? t('why.visitor') },
        { title: t('why.action'), cell: ({ action }) => action },
        {
          title: t('why.repository'),
          cell: ({ user, action, repository }) => {
            const known = ACTIONS.find((name) => name === action);
            if (known === undefined || user === null) return repository;
            return (
              <Anchor
                renderRoot={(props) => <Link to="/why" search={{ user, action: known, repository }} {...props} />}
              >
                {repository}
              </Anchor>
            );
          },
        },
        { title: t('why.because'), cell: ({ because }) => because },
        { title: t('why.times'), cell: ({ count }) => count },
      ]}
    />
  );
}
