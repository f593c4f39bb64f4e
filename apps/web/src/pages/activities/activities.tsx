import { Button, Group, Select, TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useList } from '../../api/queries.js';
import { Page } from '../../parts/page.js';
import { apiFilter } from './activity-filter.js';
import { type ActivitySearch, KINDS } from './activity-search.js';
import { ActivityTable } from './activity-table.js';

/** Who did what: one's own and one's teams' acts, of administrators everybody's. */
export function Activities() {
  const { t } = useTranslation();
  const search = useSearch({ from: '/signed-in/admin/activities' });
  const navigate = useNavigate({ from: '/admin/activities' });
  const filter = apiFilter(search);
  const query = useList(['activities', search], (signal) =>
    api.GET('/api/v1/activities', {
      params: { query: { ...filter, ...(search.cursor === undefined ? {} : { cursor: search.cursor }) } },
      signal,
    }),
  );
  const asked = new URLSearchParams(Object.entries(filter).map(([name, value]) => [name, String(value)])).toString();
  const csv = `/api/v1/activities/csv${asked === '' ? '' : `?${asked}`}`;
  return (
    <Page
      title={t('activities.title')}
      acts={
        <Button component="a" href={csv} download="activities.csv" variant="default">
          {t('activities.csv')}
        </Button>
      }
    >
      <Filter search={search} onSearch={(next) => void navigate({ search: next })} />
      <ActivityTable
        query={query}
        search={search}
        onSearch={(next) => void navigate({ search: { ...search, ...next, cursor: next.cursor } })}
      />
    </Page>
  );
}

interface FilterProps {
  search: ActivitySearch;
  onSearch: (search: ActivitySearch) => void;
}

function Filter({ search, onSearch }: FilterProps) {
  const { t } = useTranslation();
  /** Another filter begins at its first page. */
  const change = (changed: { [K in keyof ActivitySearch]: ActivitySearch[K] | null }) => {
    const next = Object.entries({ ...search, cursor: null, ...changed }).filter(([, value]) => value);
    onSearch(Object.fromEntries(next));
  };
  return (
    <Group align="flex-end">
      <Select
        label={t('activities.about')}
        placeholder={t('activities.everything')}
        data={KINDS.map((value) => ({ value, label: t(`activities.kinds.${value}`) }))}
        value={search.kind ?? null}
        clearable
        onChange={(value) => change({ kind: value as ActivitySearch['kind'] | null })}
      />
      {(['since', 'until'] as const).map((end) => (
        <TextInput
          key={end}
          type="date"
          label={t(`activities.${end}`)}
          value={search[end] ?? ''}
          onChange={(event) => change({ [end]: event.currentTarget.value })}
        />
      ))}
      {search.user !== undefined && (
        <Button variant="default" onClick={() => change({ user: null })}>
          {t('activities.ofAll')}
        </Button>
      )}
    </Group>
  );
}
