import { Button, Select } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useList } from '../../api/queries.js';
import { DataList } from '../../parts/data-list.js';
import { Empty } from '../../parts/empty.js';
import { Page } from '../../parts/page.js';
import { Time } from '../../parts/time.js';
import { KINDS, type ActivitySearch } from './activity-search.js';

/** Who did what: one's own and one's teams' acts, of administrators everybody's. */
export function Activities() {
  const { t } = useTranslation();
  const search = useSearch({ from: '/signed-in/admin/activities' });
  const navigate = useNavigate({ from: '/admin/activities' });
  const { cursor, kind } = search;
  const filter = kind === undefined ? {} : { trackable_type: kind };
  const query = useList(['activities', search], (signal) =>
    api.GET('/api/v1/activities', {
      params: { query: { ...filter, ...(cursor === undefined ? {} : { cursor }) } },
      signal,
    }),
  );
  const csv = `/api/v1/activities/csv${kind === undefined ? '' : `?trackable_type=${kind}`}`;
  return (
    <Page
      title={t('activities.title')}
      acts={
        <>
          <Select
            aria-label={t('activities.about')}
            placeholder={t('activities.everything')}
            data={KINDS.map((value) => ({ value, label: t(`activities.kinds.${value}`) }))}
            value={kind ?? null}
            clearable
            onChange={(value) =>
              void navigate({ search: value === null ? {} : { kind: value as NonNullable<ActivitySearch['kind']> } })
            }
          />
          <Button component="a" href={csv} download="activities.csv" variant="default">
            {t('activities.csv')}
          </Button>
        </>
      }
    >
      <DataList
        label={t('activities.title')}
        query={query}
        keyOf={({ id }) => id}
        search={search}
        onSearch={(next) => void navigate({ search: { ...search, ...next, cursor: next.cursor } })}
        empty={<Empty text={t('activities.empty')} />}
        columns={[
          { title: t('why.when'), cell: ({ created_at }) => <Time at={created_at} /> },
          { title: t('activities.who'), cell: ({ owner }) => owner?.name ?? t('unknown') },
          { title: t('activities.what'), cell: ({ key }) => <code>{key}</code> },
          { title: t('activities.about'), cell: ({ trackable }) => trackable.name },
          { title: t('activities.from'), cell: ({ address }) => address },
        ]}
      />
    </Page>
  );
}
