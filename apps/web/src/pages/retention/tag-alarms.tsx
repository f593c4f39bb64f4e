import { Button, Stack, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useChange, useList } from '../../api/queries.js';
import { Digest } from '../../parts/copy.js';
import { DataList } from '../../parts/data-list.js';
import { Empty } from '../../parts/empty.js';
import { ErrorBox } from '../../parts/error-box.js';
import type { ListSearch } from '../../parts/list-search.js';
import { Time } from '../../parts/time.js';

type Alarm = Answered<'TagAlarm'>;

/** Immutable tags that somebody moved or removed past Portus, and the way back. */
export function TagAlarms({ search, onSearch }: { search: ListSearch; onSearch: (search: ListSearch) => void }) {
  const { t } = useTranslation();
  const query = useList(
    ['alarms', search.cursor],
    (signal) =>
      api.GET('/api/v1/tag_alarms', {
        params: { query: search.cursor === undefined ? {} : { cursor: search.cursor } },
        signal,
      }),
    { every: 15_000 },
  );
  return (
    <Stack>
      <Title order={2} size="h3">
        {t('alarms.title')}
      </Title>
      <DataList
        label={t('alarms.title')}
        query={query}
        keyOf={({ id }) => id}
        search={search}
        onSearch={onSearch}
        empty={<Empty text={t('alarms.none')} />}
        columns={[
          { title: t('retention.tag'), cell: ({ repository, tag }) => `${repository.full_name}:${tag}` },
          { title: t('retention.rule'), cell: ({ rule }) => rule },
          {
            title: t('alarms.found'),
            cell: ({ found_digest }) =>
              found_digest === null ? t('alarms.removed') : <Digest digest={found_digest} />,
          },
          { title: t('alarms.kept'), cell: ({ kept_digest }) => <Digest digest={kept_digest} /> },
          { title: t('alarms.by'), cell: ({ actor }) => actor ?? t('unknown') },
          { title: t('alarms.seen'), cell: ({ seen_at }) => <Time at={seen_at} /> },
          { title: t('users.acts'), cell: (alarm) => <Back of={alarm} /> },
        ]}
      />
    </Stack>
  );
}

function Back({ of }: { of: Alarm }) {
  const { t } = useTranslation();
  const back = useChange(
    () => api.POST('/api/v1/tag_alarms/{id}/rollback', { params: { path: { id: of.id } } }),
    [['alarms'], ['tags'], ['repositories']],
  );
  if (of.settled_at !== null) return null;
  return (
    <>
      <Button
        size="xs"
        variant="default"
        loading={back.isPending}
        aria-label={t('alarms.backThis', { name: `${of.repository.full_name}:${of.tag}` })}
        onClick={() => back.mutate()}
      >
        {t('alarms.back')}
      </Button>
      {back.error && <ErrorBox error={back.error} />}
    </>
  );
}
